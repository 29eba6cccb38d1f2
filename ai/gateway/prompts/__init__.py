"""Prompts are code: versioned here, named in every ledger row."""
