"""Reads of the AI app."""
