"""Files that analytics writes."""
