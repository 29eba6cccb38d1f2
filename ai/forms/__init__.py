"""Input of the AI pages."""
