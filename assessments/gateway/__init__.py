"""Ways out of the app: what finds similar texts. Knows no tables."""
