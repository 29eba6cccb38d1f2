"""Counters of push, for /metrics and for the tests of what is lost."""

from prometheus_client import Counter, Gauge

PUBLISHED = Counter("cairn_push_published", "Payloads handed to the bus.")
FAILED = Counter("cairn_push_failed", "Payloads that the bus refused or that found it dead.")
SLOW_READERS = Counter("cairn_push_slow_readers", "Sockets closed because they read too slowly.")
CONNECTIONS = Gauge("cairn_push_connections", "Open sockets of this process.")
