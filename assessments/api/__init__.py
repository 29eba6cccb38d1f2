"""The API of assessments."""
