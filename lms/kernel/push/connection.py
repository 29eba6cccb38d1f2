"""One socket's outgoing side: a bounded buffer, and a writer while something is in it.

`offer` never waits, so that one slow reader cannot delay a room. A reader that falls behind by
more than the buffer is closed with SLOW_READER and resumes by sequence number.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import orjson

from lms.kernel.push import metrics

Send = Callable[[Any], Awaitable[None]]
# Writes one encoded frame to the transport, or says that it has to go through ASGI.
Wire = Callable[[bytes], bool]
AsgiEvent = dict[str, Any]

WIRE = "cairn.wire"  # the scope's extension under which a server offers its wire

SLOW_READER = 4408
FRAME_LIMIT = 256
CHARACTER_LIMIT = 1_048_576
CLOSE_GRACE_SECONDS = 10.0


def encoded(text: str) -> bytes:
    """A whole unmasked text frame of RFC 6455, section 5.2."""
    data = text.encode()
    size = len(data)
    if size < 126:
        return bytes((0x81, size)) + data
    if size < 65_536:
        return b"\x81\x7e" + size.to_bytes(2, "big") + data
    return b"\x81\x7f" + size.to_bytes(8, "big") + data


class Connection:
    """The hub's view of one accepted WebSocket of `user_id`.

    `send` is the ASGI send callable. At most `frames` frames or CHARACTER_LIMIT characters wait.
    Everything after the accept goes through `offer`, so that frames keep their order.
    """

    __slots__ = (
        "_buffer",
        "_code",
        "_frames",
        "_send",
        "_size",
        "_task",
        "_wire",
        "rooms",
        "user_id",
    )

    def __init__(
        self, send: Send, *, user_id: int, frames: int = FRAME_LIMIT, wire: Wire | None = None
    ) -> None:
        self.user_id = user_id
        self._wire = wire
        self.rooms: set[str] = set()
        self._send = send
        self._frames = frames
        self._buffer: list[AsgiEvent] = []  # at most FRAME_LIMIT; an empty deque is 760 bytes
        self._size = 0
        self._code: int | None = None
        self._task: asyncio.Task[None] | None = None
        metrics.CONNECTIONS.inc()

    @property
    def closed(self) -> bool:
        """True once the socket was told to close or is gone; nothing is sent any more."""
        return self._code is not None

    @property
    def close_code(self) -> int | None:
        """The code this side closed with, None while open."""
        return self._code

    def offer(self, event: AsgiEvent) -> None:
        """Queue an ASGI send event; closes the connection when its buffer is full."""
        if self._code is not None:
            return
        size = len(event["text"])
        if len(self._buffer) >= self._frames or self._size + size > CHARACTER_LIMIT:
            metrics.SLOW_READERS.inc()
            self.close(SLOW_READER)
            return
        self._size += size
        self._buffer.append(event)
        self._rouse()

    def offer_frame(self, event: AsgiEvent, frame: bytes) -> None:
        """The same for an event whose encoded frame is known: straight to the wire when it can."""
        idle = self._task is None and not self._buffer
        if self._wire is None or self._code is not None or not idle or not self._wire(frame):
            self.offer(event)

    def send_json(self, payload: dict[str, Any]) -> None:
        """Queue one frame for this socket alone."""
        self.offer({"type": "websocket.send", "text": orjson.dumps(payload).decode()})

    def close(self, code: int) -> None:
        """Drop what waits and close with `code`; a reader that is stuck is given up after 10 s."""
        if self._code is not None:
            return
        self._code = code
        self._buffer.clear()
        self._buffer.append({"type": "websocket.close", "code": code})
        self._rouse()
        if self._task is not None:
            asyncio.get_running_loop().call_later(CLOSE_GRACE_SECONDS, self._task.cancel)

    async def gone(self) -> None:
        """The socket is disconnected: stop the writer."""
        if self._code is None:
            self._code = 1006
        self._buffer.clear()
        metrics.CONNECTIONS.dec()
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def _rouse(self) -> None:
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._write())

    async def _write(self) -> None:
        buffer, send = self._buffer, self._send
        try:
            while buffer:
                event = buffer.pop(0)
                if self._code is None:
                    self._size -= len(event["text"])
                await send(event)
        except (OSError, RuntimeError):
            # The peer went away in the middle of a send; the consumer hears of it by itself.
            self._code = self._code or 1006
        finally:
            self._task = None
