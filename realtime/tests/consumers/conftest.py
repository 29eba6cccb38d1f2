"""A real server, and clients with a session or a ticket."""

import asyncio
import contextlib
import json
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from channels.routing import get_default_application
from django.conf import settings as live
from django.test import Client
from websockets.asyncio.client import ClientConnection, connect

from accounts.models import User
from lms.kernel import actors
from lms.kernel.push.publisher import PUBLISHER
from lms.kernel.tests.push_server import redis_or_skip, serve
from realtime.services.tickets import issue_ticket
from realtime.tests.factories import Cast
from realtime.tests.factories import cast as make_cast

LAYER = "lms.sqlite_layer.SqliteChannelLayer"


@pytest.fixture(params=["sqlite", "redis"])
def bus(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> Iterator[str]:
    settings.PUSH_PREFIX = f"cairn-test-{tmp_path.name}"
    settings.REDIS_URL = redis_or_skip() if request.param == "redis" else None
    config = {"path": str(tmp_path / "layer.sqlite3"), "poll": 0.02}
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": LAYER, "CONFIG": config}}
    yield request.param
    PUBLISHER.flush()


@pytest.fixture
def stage(transactional_db: None, bus: str) -> Iterator["Stage"]:
    """The cast on a running server, over both buses."""
    with serve(get_default_application()) as port:
        yield Stage(make_cast(), port)


class Stage:
    """Opens sockets as people of the cast."""

    def __init__(self, cast: Cast, port: int) -> None:
        self.cast, self.port = cast, port
        self.opened: list[ClientConnection] = []

    @property
    def chat(self) -> str:
        return f"/ws/courses/{self.cast.course.public_id}/chat/"

    def cookie(self, user: User) -> str:
        client = Client()
        client.force_login(user)
        value: str = client.cookies[live.SESSION_COOKIE_NAME].value
        return f"{live.SESSION_COOKIE_NAME}={value}"

    async def open(
        self,
        who: str | User,
        path: str | None = None,
        *,
        origin: str | None = "same",
        cookie: str | None = None,
        **options: Any,
    ) -> "Talker":
        """A socket with the session of a person; "anonymous" has none."""
        headers = {}
        if who != "anonymous":
            user = self.cast.people[who] if isinstance(who, str) else who
            headers["Cookie"] = cookie or await sync_to_async(self.cookie)(user)
        if origin is not None:
            site = f"http://127.0.0.1:{self.port}"
            headers["Origin"] = site if origin == "same" else origin
        url = f"ws://127.0.0.1:{self.port}{path or self.chat}"
        socket = await connect(url, additional_headers=headers, compression=None, **options)
        self.opened.append(socket)
        return Talker(socket)

    async def ticket(self, who: str, *, course: bool = True, **changes: Any) -> str:
        """A ticket of a person, for the course unless said otherwise."""

        def issue() -> str:
            actor = changes.get("actor") or actors.for_user(self.cast.people[who])
            return issue_ticket(actor=actor, course=self.cast.course if course else None).ticket

        return await sync_to_async(issue)()

    async def join(self, who: str | User, last_seq: int | None = None) -> "Talker":
        """A socket that has joined the room; its `joined` frame is in `talker.joined`."""
        talker = await self.open(who)
        await talker.tell({"type": "join", "last_seq": last_seq})
        talker.joined = await talker.hear("joined")
        return talker


class Talker:
    """A client that keeps what it hears by type."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.joined: dict[str, Any] = {}
        self.heard: list[dict[str, Any]] = []

    async def tell(self, frame: Any) -> None:
        await self.socket.send(frame if isinstance(frame, str | bytes) else json.dumps(frame))

    async def say(self, body: str, client_id: uuid.UUID | None = None) -> str:
        own = str(client_id or uuid.uuid4())
        await self.tell({"type": "send", "client_id": own, "body": body})
        return own

    async def hear(self, kind: str, seconds: float = 8.0) -> dict[str, Any]:
        """The next frame of a kind; others are kept in `heard`."""
        async with asyncio.timeout(seconds):
            while True:
                frame: dict[str, Any] = json.loads(await self.socket.recv())
                self.heard.append(frame)
                if frame["type"] == kind:
                    return frame

    async def hear_any(self, seconds: float = 8.0) -> dict[str, Any]:
        """The next frame, whatever it is."""
        async with asyncio.timeout(seconds):
            frame: dict[str, Any] = json.loads(await self.socket.recv())
        self.heard.append(frame)
        return frame

    async def hears_soon(self, kind: str) -> bool:
        """Whether a frame of that kind was heard or comes within half a second."""
        with contextlib.suppress(TimeoutError):
            while not any(frame["type"] == kind for frame in self.heard):
                await self.hear_any(0.5)
        return any(frame["type"] == kind for frame in self.heard)

    async def closed(self, seconds: float = 12.0) -> int | None:
        """The code the server closed with."""
        async with asyncio.timeout(seconds):
            await self.socket.wait_closed()
        return self.socket.close_code


@pytest.fixture
async def theatre(stage: Stage) -> AsyncIterator[Stage]:
    yield stage
    await asyncio.gather(*(socket.close() for socket in stage.opened))


Opened = Callable[..., Any]
