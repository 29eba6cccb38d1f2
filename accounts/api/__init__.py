"""The API of the accounts app."""
