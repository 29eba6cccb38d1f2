"""Every read of assessments, scoped to who asks."""
