"""Browser tests against the whole product as `make run` starts it."""
