"""Threads that write what is said, each with a database connection that it keeps while it is busy.

Taking a connection from the pool, having it checked and giving it back costs more than to store a
message. A room always has the same thread; a thread without work gives its connection back.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Final, ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, connection

P = ParamSpec("P")
R = TypeVar("R")

IDLE_SECONDS: Final = 2.0
LONGEST_SECONDS: Final = 60.0
MOST: Final = 3


class Desk:
    """One thread and its connection."""

    def __init__(self, number: int, longest: float = LONGEST_SECONDS) -> None:
        self._longest = longest
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=f"writer-{number}")
        self._since = self._last = 0.0
        self._timer: asyncio.TimerHandle | None = None

    async def do(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run work that may be done twice: a kept connection may have died since."""
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._pool, lambda: self._run(work, *args, **kwargs))
        finally:  # also where the work failed or nobody waits for it any more
            if self._timer is None or self._timer.cancelled():
                self._timer = loop.call_later(IDLE_SECONDS, self._look)

    def _run(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        kept = connection.connection is not None
        if not kept:
            self._since = time.monotonic()
        try:
            return work(*args, **kwargs)
        except (OperationalError, InterfaceError):
            connection.close()
            if not kept:
                raise
            self._since = time.monotonic()
            return work(*args, **kwargs)
        finally:
            self._last = time.monotonic()
            broken = connection.errors_occurred or self._last - self._since > self._longest
            if broken and not connection.in_atomic_block:
                self._give_back()

    def _look(self) -> None:
        """On the loop: give the connection back once nothing was written for a while."""
        self._timer = None
        idle = time.monotonic() - self._last
        if idle >= IDLE_SECONDS:
            self._pool.submit(self._give_back)
        else:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(IDLE_SECONDS - idle + 0.01, self._look)

    @staticmethod
    def _give_back() -> None:
        # SQLite has no server to spare connections of, and closing the last one costs a checkpoint.
        if connection.vendor != "sqlite":
            connection.close()


def desks_for(most: int) -> tuple[Desk, ...]:
    """So many that half of a process's pool of `most` connections is left for all else; 0: no pool.

    Of a pool of one the only desk keeps nothing.
    """
    if most == 1:
        return (Desk(0, longest=-1.0),)
    return tuple(Desk(number) for number in range(min(MOST, most // 2) if most else MOST))


@cache
def _desks() -> tuple[Desk, ...]:
    pool = connection.settings_dict.get("OPTIONS", {}).get("pool") or {}
    return desks_for(pool["max_size"] if pool else 0)


def desk_of(course_id: int) -> Desk:
    """Where a room is written."""
    desks = _desks()
    return desks[course_id % len(desks)]
