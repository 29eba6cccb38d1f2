"""A circuit breaker: after failures in a row an endpoint is left alone for a while (I7)."""

import threading
import time
from collections.abc import Callable

FAILURES = 3
REST_SECONDS = 60.0


class Breaker:
    """Counts failures in a row per endpoint; open means "do not call". Safe between threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures: dict[str, int] = {}
        self._open_until: dict[str, float] = {}

    def allows(self, endpoint: str) -> bool:
        """Whether a call may be tried; after the rest yes, and one failure begins it anew."""
        with self._lock:
            return self._clock() >= self._open_until.get(endpoint, 0.0)

    def failed(self, endpoint: str) -> None:
        """Count a failure; the third in a row opens the breaker."""
        with self._lock:
            self._failures[endpoint] = self._failures.get(endpoint, 0) + 1
            if self._failures[endpoint] >= FAILURES:
                self._open_until[endpoint] = self._clock() + REST_SECONDS

    def succeeded(self, endpoint: str) -> None:
        """Forget the failures."""
        with self._lock:
            self._failures.pop(endpoint, None)
            self._open_until.pop(endpoint, None)

    def forget(self) -> None:
        """Forget everything, as a new process would know nothing."""
        with self._lock:
            self._failures.clear()
            self._open_until.clear()
