"""Every write of assessments: one verb, one function."""
