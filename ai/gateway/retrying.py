"""The only place where a call to a model is tried again."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from ai.gateway.provider import ProviderUnavailable

Result = TypeVar("Result")
MAX_ATTEMPTS = 4
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0


class TransientError(Exception):
    """A failure that may pass: 429, 5xx, connection; `retry_after` in seconds, if said."""

    def __init__(self, detail: str, *, retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.retry_after = retry_after


@dataclass(slots=True)
class Budget:
    """Wall time for one piece of work, attempts and pauses included."""

    seconds: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    started: float = -1.0
    attempts: int = 0

    def __post_init__(self) -> None:
        self.started = self.clock()

    @property
    def left(self) -> float:
        """Seconds that remain, never negative."""
        return max(0.0, self.seconds - (self.clock() - self.started))

    @property
    def milliseconds(self) -> int:
        """Time spent so far."""
        return round((self.clock() - self.started) * 1000)


def with_retries(call: Callable[[], Result], budget: Budget) -> Result:
    """Run `call` until it works, the attempts are used up or the budget cannot hold a pause.

    Pauses double with full jitter; a Retry-After is obeyed when it fits into the budget.
    """
    for attempt in range(MAX_ATTEMPTS):
        budget.attempts += 1
        try:
            return call()
        except TransientError as problem:
            pause = _pause(attempt, problem.retry_after)
            if attempt + 1 == MAX_ATTEMPTS or pause >= budget.left:
                raise ProviderUnavailable(
                    problem.detail, retry_after=problem.retry_after
                ) from problem
            budget.sleep(pause)
    raise AssertionError("unreachable")  # pragma: no cover


def _pause(attempt: int, wish: float | None) -> float:
    if wish is not None:
        return wish
    ceiling = min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempt)
    return random.uniform(0, ceiling)  # noqa: S311 - spreads load, guards nothing
