"""The API of the AI app."""
