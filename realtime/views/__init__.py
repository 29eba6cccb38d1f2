"""Pages of the realtime app."""
