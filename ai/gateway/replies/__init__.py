"""The shapes of models' replies, in pydantic.

Imported inside the functions that ask a model or read what it said: pydantic is 14 MB that a web
process need not carry.
"""
