"""Tells presence for all sockets of a process together: one settlement at a time, many people each.

Ten thousand sockets that come back after a restart would otherwise ask ten thousand times, and
every arrival would wake a whole room.
"""

import asyncio
import logging
from collections import Counter
from weakref import WeakKeyDictionary

from realtime.consumers.process import PROCESS
from realtime.consumers.socket import in_thread
from realtime.queries.presence import Pair
from realtime.services.presence import settle

log = logging.getLogger("cairn.sockets")

# After a settlement of one person the next may follow soon, after that of a crowd in a second.
PAUSE_EACH, PAUSE_MOST = 0.05, 1.0
AGAIN_SECONDS = 5.0


class Attendance:
    """Counts a loop's sockets by course and person, and settles what changed."""

    def __init__(self) -> None:
        self._open: Counter[Pair] = Counter()
        self._changed: set[Pair] = set()
        self._settled: asyncio.Future[None] | None = None
        self._task: asyncio.Task[None] | None = None

    def present(self) -> set[Pair]:
        """Who has a socket here."""
        return set(self._open)

    def came(self, pair: Pair) -> None:
        """A socket opened."""
        self._open[pair] += 1
        if self._open[pair] == 1:
            self._change(pair)

    async def went(self, pair: Pair) -> None:
        """A socket closed; returns once that was told, or could not be."""
        self._open[pair] -= 1
        if self._open[pair] <= 0:
            del self._open[pair]
            await asyncio.shield(self._change(pair))

    def _change(self, pair: Pair) -> "asyncio.Future[None]":
        loop = asyncio.get_running_loop()
        self._changed.add(pair)
        if self._settled is None:
            self._settled = loop.create_future()
        if self._task is None or self._task.done():
            self._task = loop.create_task(self._run(), name="presence")
        return self._settled

    async def _run(self) -> None:
        while self._changed:
            changed, told = self._changed, self._settled
            self._changed, self._settled = set(), None
            pause = min(PAUSE_MOST, PAUSE_EACH * len(changed))
            try:
                here = {pair for pair in changed if pair in self._open}
                await in_thread(settle, process=PROCESS.name(), here=here, gone=changed - here)
            except Exception:
                log.exception("presence stumbled")
                self._changed |= changed
                pause = AGAIN_SECONDS
            finally:
                if told is not None and not told.done():
                    told.set_result(None)
            await asyncio.sleep(pause)


_attendances: WeakKeyDictionary[asyncio.AbstractEventLoop, Attendance] = WeakKeyDictionary()


def attendance() -> Attendance:
    """The running loop's own."""
    return _attendances.setdefault(asyncio.get_running_loop(), Attendance())
