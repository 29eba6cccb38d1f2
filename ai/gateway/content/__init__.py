"""Teaching material made from a text, by a model or by rules."""
