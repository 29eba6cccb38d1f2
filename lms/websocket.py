"""The WebSocket protocol of uvicorn with a way past ASGI for frames that go to many sockets.

ASGI hands every frame to every socket by itself: a task that wakes, checks of the state, the frame
encoded again. A room's frame is the same bytes for everybody, so the push hub writes it straight
to the transport wherever nothing is in the way. Start uvicorn with
`--ws lms.websocket:RoomProtocol`; under any other server the hub goes through ASGI.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

from channels.routing import ProtocolTypeRouter
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from lms.kernel.push.connection import WIRE


class Inbox:
    """What a client said and nobody has read yet: asyncio's queue for one reader.

    That one keeps four empty deques, two thirds of a kilobyte each, for every socket.
    """

    __slots__ = ("_items", "_reader")

    def __init__(self) -> None:
        self._items: list[Any] = []
        self._reader: asyncio.Future[None] | None = None

    def put_nowait(self, item: Any) -> None:
        """Add one at the end."""
        self._items.append(item)
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    def arrival(self) -> "asyncio.Future[None]":
        """What is done once something came; for one waiter, while the inbox is empty."""
        self._reader = asyncio.get_running_loop().create_future()
        return self._reader

    def take(self) -> Any:
        """The first; IndexError when empty."""
        self._reader = None
        return self._items.pop(0)

    def empty(self) -> bool:
        """Whether nothing waits."""
        return not self._items


class Gate:
    """An event that is set to begin with, and keeps nothing for those who wait until they do."""

    __slots__ = ("_shut",)

    def __init__(self) -> None:
        self._shut: asyncio.Future[None] | None = None

    def is_set(self) -> bool:
        """Whether nobody has to wait."""
        return self._shut is None

    def clear(self) -> None:
        """Let everybody wait from now on."""
        if self._shut is None:
            self._shut = asyncio.get_running_loop().create_future()

    def set(self) -> None:
        """Let everybody go."""
        if self._shut is not None:
            if not self._shut.done():
                self._shut.set_result(None)
            self._shut = None

    async def wait(self) -> None:
        """Return at once, or when the gate opens."""
        if self._shut is not None:
            await asyncio.shield(self._shut)  # others wait for the same


class RoomProtocol(WebSocketsSansIOProtocol):
    """Offers `write_frame` to the application as an extension of the socket's scope.

    What one socket keeps, ten thousand keep: attributes in slots, nothing of the handshake once it
    is over, and no coroutine that only waits for another.
    """

    # What uvicorn's own class sets. A name it drops costs eight bytes, a new one lands in __dict__.
    __slots__ = (
        "app",
        "app_state",
        "asgi_version",
        "client",
        "close_sent",
        "close_timeout",
        "close_timer",
        "config",
        "conn",
        "connections",
        "curr_msg_data_type",
        "default_headers",
        "disconnected",
        "frames",
        "handshake_complete",
        "handshake_initiated",
        "initial_response",
        "last_ping_rtt",
        "logger",
        "loop",
        "pending_ping_payload",
        "ping_interval",
        "ping_sent_at",
        "ping_timeout",
        "ping_timer",
        "pong_timer",
        "queue",
        "read_paused",
        "request",
        "response",
        "root_path",
        "scheme",
        "scope",
        "server",
        "tasks",
        "transport",
        "writable",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.queue: Inbox = Inbox()  # type: ignore[assignment]  # as much of a queue as is used
        self.writable = Gate()  # type: ignore[assignment]
        if isinstance(self.app, ProtocolTypeRouter):  # here is one protocol
            self.app = self.app.application_mapping["websocket"]

    def run_asgi(self) -> Coroutine[Any, Any, None]:
        """Name the extension and serve the socket."""
        self.scope["extensions"][WIRE] = self.write_frame  # type: ignore[assignment]
        return super().run_asgi()

    def start_keepalive(self) -> None:
        """Called when the handshake is over: drop what belonged to it."""
        super().start_keepalive()
        self.request = self.response = self.scope = None  # type: ignore[assignment]

    async def receive(self) -> Any:
        """The next event; reads on from the client once all of its events are taken."""
        while self.queue.empty():
            await self.queue.arrival()
        event = self.queue.take()
        if self.read_paused and self.queue.empty():
            self.read_paused = False
            self.transport.resume_reading()
        return event

    def write_frame(self, frame: bytes) -> bool:
        """Write one whole encoded frame; False when it has to take the usual way.

        That is before the socket is open, once it closes, while its reader is slow, and where
        compression would have to see it.
        """
        if (
            not self.handshake_complete
            or self.close_sent
            or self.disconnected
            or not self.writable.is_set()
            or self.conn.extensions
            or self.transport.is_closing()
        ):
            return False
        self.transport.write(frame)
        return True
