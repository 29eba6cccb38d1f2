"""The circuit breaker of all processes: what one learned about an endpoint, the others need not.

Each process counts failures for itself, as before. One whose breaker opens says so in the cache,
and the others leave the endpoint alone for the same minute. Without a cache each is on its own.
"""

import hashlib

from django.core.cache import cache

from ai.gateway.breaker import REST_SECONDS, Breaker


class SharedBreaker(Breaker):
    """A breaker that tells other processes when it opens, and closes for them when it succeeds."""

    def __init__(self) -> None:
        super().__init__()
        self._told: set[str] = set()

    def allows(self, endpoint: str) -> bool:
        """Whether a call may be tried: neither this process nor another has it open."""
        return super().allows(endpoint) and cache.get(_key(endpoint)) is None

    def failed(self, endpoint: str) -> None:
        """Count a failure; tell the others when it is one too many."""
        super().failed(endpoint)
        if not super().allows(endpoint):
            cache.set(_key(endpoint), 1, REST_SECONDS)
            self._told.add(endpoint)

    def succeeded(self, endpoint: str) -> None:
        """Forget the failures, also for the others when they have it from here."""
        super().succeeded(endpoint)
        if endpoint in self._told:
            cache.delete(_key(endpoint))
            self._told.discard(endpoint)

    def forget(self) -> None:
        """Forget everything that this process knows or told."""
        super().forget()
        for endpoint in [*self._told]:
            self.succeeded(endpoint)


def _key(endpoint: str) -> str:
    """No name that people gave, which no cache would take as a key."""
    return f"ai:breaker:{hashlib.sha256(endpoint.encode()).hexdigest()[:32]}"
