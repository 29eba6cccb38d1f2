"""The pages of analytics and what it shows on others' pages."""
