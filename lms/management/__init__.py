"""What an operator runs: the trial, its demo, backup and restore."""
