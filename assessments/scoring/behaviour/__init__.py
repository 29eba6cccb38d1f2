"""How tries at a question become a score: one pure file per behaviour."""
