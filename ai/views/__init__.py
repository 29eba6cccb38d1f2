"""Pages of the AI app."""
