"""`/ws/courses/{id}/chat/`: a course's room."""

import time
import uuid
from typing import Any

from courses.models import Course
from courses.models.roles import remembering_roles
from lms.kernel import push
from lms.kernel.actors import Actor
from lms.kernel.errors import Denied, Invalid, NotFound, SignInRequired
from realtime.consumers.door import Caller, Scope, caller_of
from realtime.consumers.process import PROCESS
from realtime.consumers.socket import Socket, in_thread
from realtime.consumers.watch import watch
from realtime.consumers.writers import say_plain
from realtime.errors import NotAMember
from realtime.queries.access import Standing, let_in
from realtime.queries.chat import (
    course_now,
    course_with_room,
    may_talk,
    missed_since,
    present_in,
    room_name,
)
from realtime.queries.frames import JoinedFrame, TypingFrame, message_frame
from realtime.queries.room import read_up_to
from realtime.rules import asking_once
from realtime.services.chat import Sent, send_message
from realtime.services.chat_burst import is_plain
from realtime.services.files import Named, named_files
from realtime.services.presence import enter_room, leave_room

TYPING_EVERY_SECONDS = 2.0
MOST_SEQ = 2**62


class ChatConsumer(Socket):
    """Join with a last sequence number, send, tell that one is typing."""

    frames = ("join", "send", "typing")
    course_id: int
    public_id: str
    standing: Standing
    writes: bool
    typed_at = 0.0

    def admit(self, scope: Scope) -> Caller | None:
        """Whoever may read the course, at this moment."""
        with remembering_roles(), asking_once():
            return self._admit(scope)

    def _admit(self, scope: Scope) -> Caller | None:
        public_id = scope["url_route"]["kwargs"]["public_id"]
        caller = caller_of(scope, course_id=public_id)
        if caller is None:
            return None
        actor = caller.actor()
        course = course_with_room(actor, public_id=public_id)
        self.course_id, self.public_id = course.pk, course.public_id
        self.writes = may_talk(actor, course)
        self.standing = let_in(caller.user_id, course)
        return caller

    def room(self) -> str:
        """The room of the course."""
        return room_name(self.course_id)

    async def entered(self) -> None:
        """Show the person to the room."""
        watch()
        await in_thread(
            enter_room,
            course_id=self.course_id,
            user_id=self.caller.user_id,
            process=PROCESS.name(),
        )

    async def left(self) -> None:
        """Take the person out of the list once their last socket of this process closed."""
        user_id = self.caller.user_id
        for socket in self.open_sockets:
            if isinstance(socket, ChatConsumer) and socket.is_of(user_id, self.course_id):
                return
        await in_thread(
            leave_room, course_id=self.course_id, user_id=user_id, process=PROCESS.name()
        )

    def is_of(self, user_id: int, course_id: int) -> bool:
        """Whether this socket belongs to that person in that room."""
        return self.caller.user_id == user_id and self.course_id == course_id

    async def hear(self, kind: str, frame: dict[str, Any]) -> None:
        """One frame of the client: join, send or typing."""
        if kind == "join":
            await self._join(frame)
        elif kind == "send":
            await self._say(frame)
        else:
            self._typing()

    async def _join(self, frame: dict[str, Any]) -> None:
        seq, change = (_number_of(frame, name) for name in ("last_seq", "last_change"))
        self.connection.send_json(dict(await in_thread(self._joined, seq, change)))

    def _joined(self, last_seq: int | None, last_change: int | None) -> JoinedFrame:
        with remembering_roles(), asking_once():
            return self._missed(last_seq, last_change)

    def _missed(self, last_seq: int | None, last_change: int | None) -> JoinedFrame:
        actor, course = self._again()
        missed = missed_since(actor, course, last_seq, last_change)
        return {
            "type": "joined",
            "last_seq": missed.last_seq,
            "last_change": missed.last_change,
            "missed": missed.messages,
            "changed": missed.changed,
            "mine": missed.mine,
            "read": read_up_to(actor, course),
            "has_more": missed.has_more,
            "members": present_in(self.course_id),
        }

    async def _say(self, frame: dict[str, Any]) -> None:
        client_id, body = _message_of(frame)
        files = named_files(frame.get("files"))
        reply_to = str(frame.get("reply_to") or "")
        if is_plain(body, reply_to, files):
            sent = await self._say_plain(client_id, body)
        else:
            sent = await in_thread(self._store, client_id, body, reply_to, files)
        if not sent.fresh:  # the room has had it; the sender did not hear of it
            again = await in_thread(message_frame, sent.message)
            self.connection.send_json(dict(again))

    async def _say_plain(self, client_id: uuid.UUID, body: str) -> Sent:
        try:
            outcome = await say_plain(self.course_id, self.caller, client_id, body)
            if isinstance(outcome, Sent):
                return outcome
            raise outcome
        except (SignInRequired, NotFound, Denied):
            await in_thread(self._again)
            raise

    def _store(
        self, client_id: uuid.UUID, body: str, reply_to: str, files: tuple[Named, ...]
    ) -> Sent:
        actor = self.caller.actor()
        try:
            with remembering_roles():
                return send_message(
                    actor=actor,
                    course=course_now(self.course_id),
                    client_id=client_id,
                    body=body,
                    reply_to=reply_to,
                    files=files,
                )
        except (SignInRequired, NotFound, Denied):
            self._again()  # out of the room, or in it without the right to write?
            raise

    def _again(self) -> tuple[Actor, Course]:
        """Person and membership as they are now (R1); sender and course are ours to say (R2)."""
        actor = self.caller.actor()
        try:
            return actor, course_with_room(actor, public_id=self.public_id)
        except (NotFound, Denied) as problem:
            raise NotAMember from problem

    def _typing(self) -> None:
        now = time.monotonic()
        if not self.writes or now - self.typed_at < TYPING_EVERY_SECONDS:
            return
        self.typed_at = now
        frame: TypingFrame = {"type": "typing", "member": self.caller.member}
        push.to_room(self.room(), dict(frame))


def _number_of(frame: dict[str, Any], name: str) -> int | None:
    value = frame.get(name)
    if value is None:
        return None
    if type(value) is not int or not 0 <= value < MOST_SEQ:
        raise Invalid(f"{name} is a whole number or null.", field=name)
    return value


def _message_of(frame: dict[str, Any]) -> tuple[uuid.UUID, str]:
    body = frame.get("body")
    if not isinstance(body, str):
        raise Invalid("body is text.", field="body")
    try:
        client_id = uuid.UUID(str(frame.get("client_id")))
    except ValueError as problem:
        raise Invalid("client_id is a UUID.", field="client_id") from problem
    return client_id, body
