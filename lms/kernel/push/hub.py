"""The process's fan-out: room to connections, each payload encoded once.

A Channels layer hands a message to every consumer separately (a queue, a wake-up, a dispatch and
JSON per socket); here a room's message is one text that goes into each connection's buffer.
One hub belongs to one event loop, and is made when the first socket joins a room.
"""

import asyncio
from typing import Any, Protocol

import orjson

from lms.kernel.push.connection import Connection, encoded

CONTROL = "!control"
_HUBS: "dict[asyncio.AbstractEventLoop, Hub]" = {}


class Link(Protocol):
    """How messages of other processes reach this hub."""

    async def start(self, hub: "Hub") -> None:
        """Begin to listen; returns without waiting for a dead server."""

    async def subscribe(self, room: str) -> None:
        """Hear `room` from now on; returns when the server confirmed or is known to be dead."""

    async def unsubscribe(self, room: str) -> None:
        """Stop hearing `room`."""

    async def stop(self) -> None:
        """Stop listening and release the connection."""


class Hub:
    """Rooms and connections of one event loop."""

    def __init__(self, link: Link) -> None:
        self.loop = asyncio.get_running_loop()
        self.link = link
        self.relay_up = True
        self._rooms: dict[str, set[Connection]] = {}
        self._lock = asyncio.Lock()
        self._started = False

    @property
    def rooms(self) -> list[str]:
        """Names of the rooms somebody is in."""
        return list(self._rooms)

    def connections(self) -> set[Connection]:
        """Every connection that is in some room."""
        return {connection for members in self._rooms.values() for connection in members}

    async def join(self, room: str, connection: Connection) -> None:
        """Put the connection into the room.

        When this returns, nothing that is published later is missed while the relay is up.
        """
        async with self._lock:
            if not self._started:
                self._started = True
                await self.link.start(self)
            members = self._rooms.get(room)
            first = members is None
            self._rooms.setdefault(room, set()).add(connection)
            connection.rooms.add(room)
            if first:
                await self.link.subscribe(room)
            if not self.relay_up:
                connection.offer(relay_frame(up=False))

    async def leave(self, connection: Connection) -> None:
        """Take the connection out of all its rooms."""
        async with self._lock:
            for room in connection.rooms:
                members = self._rooms.get(room, set())
                members.discard(connection)
                if not members:
                    self._rooms.pop(room, None)
                    await self.link.unsubscribe(room)
            connection.rooms.clear()

    async def stop(self) -> None:
        """End the link; for tests and shutdown."""
        await self.link.stop()
        self._started = False
        _HUBS.pop(self.loop, None)

    # --- called on the loop by links and by `deliver_in_process` --------------------------------

    def deliver(self, room: str, text: str) -> None:
        """Give one encoded payload to everybody in the room, or obey a control message."""
        if room == CONTROL:
            self._obey(orjson.loads(text))
            return
        members = self._rooms.get(room)
        if members:
            event = {"type": "websocket.send", "text": text}
            frame = encoded(text)
            for connection in tuple(members):
                connection.offer_frame(event, frame)

    def relay_changed(self, *, up: bool) -> None:
        """Tell every socket that the relay died (poll) or came back (join again by sequence)."""
        if up == self.relay_up:
            return
        self.relay_up = up
        event = relay_frame(up=up)
        for connection in self.connections():
            connection.offer(event)

    def _obey(self, order: dict[str, Any]) -> None:
        user_id, room, code = order["user"], order["room"], order["close"]
        for connection in self.connections() if room is None else set(self._rooms.get(room, ())):
            if connection.user_id == user_id:
                connection.close(code)


def relay_frame(*, up: bool) -> dict[str, Any]:
    """The ASGI event that carries the relay's state."""
    text = orjson.dumps({"type": "relay", "state": "up" if up else "down"}).decode()
    return {"type": "websocket.send", "text": text}


def running_hub() -> Hub:
    """The hub of the running event loop, made at first use."""
    loop = asyncio.get_running_loop()
    hub = _HUBS.get(loop)
    if hub is None:
        for ended in [other for other in _HUBS if other.is_closed()]:
            del _HUBS[ended]
        from lms.kernel.push.links import configured_link

        hub = _HUBS[loop] = Hub(configured_link())
    return hub


def deliver_in_process(room: str, text: str) -> None:
    """Give a payload to every hub of this process; callable from any thread."""
    for loop, hub in list(_HUBS.items()):
        try:
            loop.call_soon_threadsafe(hub.deliver, room, text)
        except RuntimeError:  # that loop is closed
            _HUBS.pop(loop, None)
