"""Pure functions of texts: words, relevance, support. No tables, no models, no network."""
