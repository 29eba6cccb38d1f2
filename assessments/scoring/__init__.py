"""Question types as pure functions: no tables, no clock, no network.

`content` holds what a question is, one file per type says what a good answer is worth, `registry`
finds the type, `score` puts a number on an answer, `numbers` and `folding` read what people type.
"""
