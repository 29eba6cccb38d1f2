"""The peer of the room benchmark: a Channels consumer that sends by `group_send`, nothing more."""

import os
from typing import Any

from django.conf import settings

settings.configure(
    SECRET_KEY="peer",
    CHANNEL_LAYERS={
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {
                "hosts": [{"address": os.environ["PEER_REDIS"], "socket_timeout": None}],
                "prefix": os.environ["PEER_PREFIX"],
                "capacity": 1000,
            },
        }
    },
)

from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402

GROUP = "room"


class PeerRoom(AsyncWebsocketConsumer):
    """What most Channels tutorials build."""

    async def connect(self) -> None:
        """Join the group."""
        await self.channel_layer.group_add(GROUP, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        """Leave the group."""
        await self.channel_layer.group_discard(GROUP, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Send what somebody said to the group."""
        text = (text_data or "").replace('"send"', '"message"')
        await self.channel_layer.group_send(GROUP, {"type": "room.message", "text": text})

    async def room_message(self, event: dict[str, Any]) -> None:
        """Hand it to this socket."""
        await self.send(text_data=event["text"])


_sockets = PeerRoom.as_asgi()


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Sockets, and a health answer for the benchmark to wait for."""
    if scope["type"] == "websocket":
        await _sockets(scope, receive, send)
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"ok"})
