"""Verbs of analytics."""
