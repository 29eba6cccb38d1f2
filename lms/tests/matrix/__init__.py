"""The actor matrix: for every door, what each kind of asker gets."""
