"""Input of the pages of analytics."""
