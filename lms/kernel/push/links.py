"""How messages from other processes reach this process's hub: Redis, or the channel layer."""

import asyncio
import contextlib
import logging
import random
from typing import Any

from channels.layers import get_channel_layer
from django.conf import settings
from redis.asyncio import ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from lms.kernel.push.hub import CONTROL, Hub, Link

logger = logging.getLogger("cairn.push")

HEARTBEAT_SECONDS = 10.0
CONFIRM_SECONDS = 0.3
CONNECT_SECONDS = 3.0  # nobody waits for it; a loop full of opening sockets may be late
BACK_OFF_FIRST, BACK_OFF_LAST = 0.1, 3.0
HUB_GROUP = "hub"
RENEW_SECONDS = 3600.0


def prefix() -> str:
    """What this installation's channel names begin with."""
    return str(getattr(settings, "PUSH_PREFIX", "cairn"))


def redis_channel(room: str) -> str:
    """The Redis channel of a room."""
    return f"{prefix()}:push:{room}"


class RedisLink:
    """One Redis subscription for the whole process, a channel per active room.

    After a lost connection it comes back with growing pauses (0.1 to 3 s), subscribes every
    active room again and tells the sockets to resume by sequence.
    """

    def __init__(self, url: str) -> None:
        self._pool: ConnectionPool = ConnectionPool.from_url(
            url,
            protocol=2,
            socket_connect_timeout=CONNECT_SECONDS,
            socket_timeout=None,
            retry=Retry(NoBackoff(), 0),
            health_check_interval=0,
        )
        self._redis: Any = None
        self._task: asyncio.Task[None] | None = None
        self._confirmed: dict[str, asyncio.Event] = {}
        self._settled = asyncio.Event()

    async def start(self, hub: Hub) -> None:
        """Begin to listen; waits at most 0.3 s for the first connection."""
        self._task = asyncio.get_running_loop().create_task(self._run(hub), name="push-redis")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._settled.wait(), CONFIRM_SECONDS)

    async def subscribe(self, room: str) -> None:
        """Subscribe and wait for Redis to confirm, 0.3 s at most."""
        confirmed = self._confirmed[room] = asyncio.Event()
        if self._redis is None:
            return  # subscribed with all other rooms when the connection is back
        await self._command("SUBSCRIBE", room)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(confirmed.wait(), CONFIRM_SECONDS)

    async def unsubscribe(self, room: str) -> None:
        """Unsubscribe without waiting for the answer."""
        self._confirmed.pop(room, None)
        if self._redis is not None:
            await self._command("UNSUBSCRIBE", room)

    async def stop(self) -> None:
        """Stop listening and close the connection."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _command(self, verb: str, *rooms: str) -> None:
        """Send a command; the reader finds out about a dead connection by itself."""
        if self._redis is not None:
            with contextlib.suppress(RedisError, OSError):
                await self._redis.send_command(verb, *(redis_channel(room) for room in rooms))

    async def _run(self, hub: Hub) -> None:
        pause = BACK_OFF_FIRST
        while True:
            connection: Any = self._pool.make_connection()  # type: ignore[no-untyped-call]
            try:
                await connection.connect()
                self._redis = connection
                await connection.send_command(
                    "SUBSCRIBE", *(redis_channel(room) for room in [CONTROL, *hub.rooms])
                )
                pause = BACK_OFF_FIRST
                await self._listen(hub, connection)
            except (RedisError, OSError) as error:
                logger.warning("push relay lost: %s", type(error).__name__)
            finally:
                self._redis = None
                with contextlib.suppress(RedisError, OSError):
                    await connection.disconnect(nowait=True)
            hub.relay_changed(up=False)
            self._settled.set()
            await asyncio.sleep(pause * random.uniform(0.7, 1.3))  # noqa: S311
            pause = min(pause * 2, BACK_OFF_LAST)

    async def _listen(self, hub: Hub, connection: Any) -> None:
        start = len(redis_channel(""))
        asked = False
        while True:
            reply = await connection.read_response(
                timeout=HEARTBEAT_SECONDS, disconnect_on_error=False
            )
            if reply is None:
                if asked:
                    raise ConnectionError("no heartbeat")
                asked = True
                await connection.send_command("PING")
                continue
            asked = False
            kind, channel = reply[0], reply[1].decode()
            if kind == b"message":
                hub.deliver(channel[start:], reply[2].decode())
            elif kind == b"subscribe":
                self._heard(hub, channel[start:])

    def _heard(self, hub: Hub, room: str) -> None:
        if room == CONTROL:
            hub.relay_changed(up=True)
            self._settled.set()
        elif room in self._confirmed:
            self._confirmed[room].set()


class LayerLink:
    """Without Redis: the messages of other processes come through the channel layer's group."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None

    async def start(self, hub: Hub) -> None:
        """Join the group and begin to listen."""
        layer: Any = get_channel_layer()
        channel = await layer.new_channel(HUB_GROUP)
        await layer.group_add(group(), channel)
        self._task = asyncio.get_running_loop().create_task(self._run(hub, layer, channel))

    async def _run(self, hub: Hub, layer: Any, channel: str) -> None:
        try:
            while True:
                try:
                    message = await asyncio.wait_for(layer.receive(channel), RENEW_SECONDS)
                except TimeoutError:
                    await layer.group_add(group(), channel)
                    continue
                if message["origin"] != origin():
                    hub.deliver(message["room"], message["text"])
        finally:
            await layer.group_discard(group(), channel)

    async def subscribe(self, room: str) -> None:
        """Nothing to do: the group carries every room."""

    async def unsubscribe(self, room: str) -> None:
        """Nothing to do: the group carries every room."""

    async def stop(self) -> None:
        """Leave the group."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task


class NoLink:
    """Neither Redis nor a channel layer: one process talks to itself."""

    async def start(self, hub: Hub) -> None:
        """Nothing to start."""

    async def subscribe(self, room: str) -> None:
        """Nothing to hear."""

    async def unsubscribe(self, room: str) -> None:
        """Nothing to hear."""

    async def stop(self) -> None:
        """Nothing to stop."""


def group() -> str:
    """The channel-layer group that every process with sockets is in."""
    return f"{prefix()}.{HUB_GROUP}"


def origin() -> str:
    """What marks this process's own messages, which its hub has delivered already."""
    from lms.kernel.push.publisher import ORIGIN

    return ORIGIN.name()


def configured_link() -> Link:
    """The link that the settings name."""
    if url := getattr(settings, "REDIS_URL", None):
        return RedisLink(url)
    return LayerLink() if get_channel_layer() is not None else NoLink()
