"""How fast one socket may talk."""

import time


class Bucket:
    """A token bucket: `rate` frames a second after a burst of `burst` (R3).

    `refused` counts frames past the limit, less one for each that was within it again.
    """

    __slots__ = ("_at", "_burst", "_rate", "_tokens", "refused")

    def __init__(self, rate: float = 10.0, burst: int = 30) -> None:
        self._rate, self._burst = rate, float(burst)
        self._tokens, self._at = float(burst), time.monotonic()
        self.refused = 0

    def take(self) -> bool:
        """Whether one more frame is within the limit."""
        now = time.monotonic()
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens < 1:
            self.refused += 1
            return False
        self._tokens -= 1
        self.refused = max(0, self.refused - 1)
        return True
