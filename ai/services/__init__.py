"""Writes of the AI app."""
