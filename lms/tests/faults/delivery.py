"""Members of a room who hold on to it while everything between them breaks.

A member keeps the number up to which it has everything, joins again with it after every loss, asks
again when a number is missing, and sends what was not acknowledged once more: what the page does.
"""

import asyncio
import contextlib
import json
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

# Prints the course, then for each member their session, after making all of them.
PEOPLE = """
import json
from django.conf import settings
from django.test import Client
from accounts.models import User
from courses.models import Course, Enrolment
owner = User.objects.create_user("owner@delivery.example", site_role="instructor", name="Owner")
course = Course.objects.create(slug="delivery", title="Room", state="published", created_by=owner)
Enrolment.objects.create(user=owner, course=course, role="instructor")
sessions = []
for number in range(%d):
    user = User.objects.create_user(f"p{number}@delivery.example", name=f"Person {number}")
    Enrolment.objects.create(user=user, course=course)
    client = Client()
    client.force_login(user)
    sessions.append(client.cookies[settings.SESSION_COOKIE_NAME].value)
print(json.dumps([course.public_id, sessions]))
"""
BAN = """
from accounts.models import User
from courses.models import Course
from lms.kernel import actors
from realtime.enums import RestrictionKind
from realtime.services.moderation import restrict_member
restrict_member(
    actor=actors.for_user(User.objects.get(email="owner@delivery.example")),
    course=Course.objects.get(slug="delivery"),
    person=User.objects.get(email="p%d@delivery.example"),
    kind=RestrictionKind.BAN,
)
"""
LOST = (OSError, WebSocketException, asyncio.TimeoutError, EOFError)


@dataclass
class Member:
    """One person with one socket at a time; `ports` are those of the web processes."""

    number: int
    course: str
    session: str
    ports: list[int]
    applied: list[tuple[int, str]] = field(default_factory=list)
    unsent: dict[str, str] = field(default_factory=dict)
    acknowledged: set[str] = field(default_factory=set)
    connections: int = 0
    closed_with: list[int] = field(default_factory=list)
    awake: asyncio.Event = field(default_factory=asyncio.Event)
    socket: ClientConnection | None = None
    heard_at: float = 0.0

    @property
    def last(self) -> int:
        """The number up to which nothing is missing."""
        return self.applied[-1][0] if self.applied else 0

    async def live(self) -> None:
        """Connect, and connect again, until cancelled."""
        while True:
            await self.awake.wait()
            with contextlib.suppress(*LOST):
                await self._one_connection()
            await asyncio.sleep(random.uniform(0.05, 0.4))

    async def _one_connection(self) -> None:
        port = random.choice(self.ports)
        url = f"ws://127.0.0.1:{port}/ws/courses/{self.course}/chat/"
        headers = {"Origin": f"http://127.0.0.1:{port}", "Cookie": f"session={self.session}"}
        async with connect(
            url, additional_headers=headers, compression=None, open_timeout=10
        ) as socket:
            self.socket = socket
            self.connections += 1
            try:
                await self._join()
                for client_id, body in list(self.unsent.items()):
                    await self._send(client_id, body)
                async for text in socket:
                    await self._hear(json.loads(text))
            finally:
                self.socket = None
                if socket.close_code is not None:
                    self.closed_with.append(socket.close_code)

    async def say(self, body: str) -> None:
        """Send now if there is a socket, and after every reconnection until it is stored."""
        client_id = str(uuid.uuid4())
        self.unsent[client_id] = body
        with contextlib.suppress(*LOST):
            await self._send(client_id, body)

    def cut(self) -> None:
        """The network breaks: no closing handshake."""
        if self.socket is not None:
            self.socket.transport.abort()

    async def _send(self, client_id: str, body: str) -> None:
        if self.socket is not None:
            await self.socket.send(
                json.dumps({"type": "send", "client_id": client_id, "body": body})
            )

    async def _join(self) -> None:
        if self.socket is not None:
            await self.socket.send(json.dumps({"type": "join", "last_seq": self.last}))

    async def _hear(self, frame: dict[str, Any]) -> None:
        self.heard_at = asyncio.get_running_loop().time()
        if frame["type"] == "message":
            self._take(frame)
            if frame["seq"] > self.last:
                await self._join()
        elif frame["type"] == "joined":
            for message in frame["missed"]:
                self._take(message)
            if frame["has_more"]:
                await self._join()
        elif frame["type"] == "relay" and frame["state"] == "up":
            await self._join()
        elif frame["type"] == "error" and frame["code"] == "throttled":
            await asyncio.sleep(0.2)

    def _take(self, message: dict[str, Any]) -> None:
        """Apply the next number; others are known already or come with the gap."""
        if message["client_id"] in self.unsent:
            del self.unsent[message["client_id"]]
            self.acknowledged.add(message["client_id"])
        if message["seq"] == self.last + 1:
            self.applied.append((message["seq"], message["id"]))


async def everybody(members: list[Member], ready: Callable[[Member], bool], seconds: float) -> None:
    """Wait until all are ready. Raises AssertionError that names who is not."""
    deadline = asyncio.get_running_loop().time() + seconds
    while waiting := [member.number for member in members if not ready(member)]:
        assert asyncio.get_running_loop().time() < deadline, f"still waiting: {waiting}"
        await asyncio.sleep(0.1)
