"""How dates and times look, per language, where Cairn differs from Django."""
