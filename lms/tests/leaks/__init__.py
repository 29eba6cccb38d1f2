"""Nothing that a role must not see appears behind any door (Z4, Z5, Z7)."""
