"""`/ws/courses/{id}/chat/`: a course's room."""

import time
import uuid
from typing import Any

from courses.models import Course
from courses.models.roles import remembering_roles
from lms.kernel import push
from lms.kernel.actors import Actor
from lms.kernel.errors import Denied, Invalid, NotFound, SignInRequired
from realtime.consumers.attendance import attendance
from realtime.consumers.door import Caller, Scope, arrival_at
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
    room_name,
)
from realtime.queries.frames import Crowd, JoinedFrame, TypingFrame, message_frame
from realtime.queries.presence import MEMBERS_LIMIT, crowds, present_in
from realtime.queries.room import read_up_to
from realtime.rules import asking_once
from realtime.services.chat import Sent, send_message
from realtime.services.chat_burst import is_plain
from realtime.services.files import Named, named_files

TYPING_EVERY_SECONDS = 2.0
MOST_SEQ = 2**62
ADMITTED_SECONDS = 2.0  # less than the watch takes to find out who may stay no longer


class ChatConsumer(Socket):
    """Join with a last sequence number, send, tell that one is typing."""

    frames = ("join", "send", "typing")
    course_id: int
    public_id: str
    standing: Standing
    writes: bool
    typed_at = 0.0
    counted = False
    let_in_as: tuple[float, Actor, Course] | None = None

    def admit(self, scope: Scope) -> Caller | None:
        """Whoever may read the course, at this moment."""
        with remembering_roles(), asking_once():
            return self._admit(scope)

    def _admit(self, scope: Scope) -> Caller | None:
        public_id = scope["url_route"]["kwargs"]["public_id"]
        arrival = arrival_at(scope, course_id=public_id)
        if arrival is None:
            return None
        caller, actor = arrival.caller, arrival.actor()
        course = course_with_room(actor, public_id=public_id)
        self.course_id, self.public_id = course.pk, course.public_id
        self.writes = may_talk(actor, course)
        self.standing = let_in(caller.user_id, course)
        self.let_in_as = (time.monotonic(), actor, course)
        return caller

    def room(self) -> str:
        """The room of the course."""
        return room_name(self.course_id)

    async def entered(self) -> None:
        """Show the person to the room."""
        watch()
        self.counted = True
        attendance().came((self.course_id, self.caller.user_id))

    async def left(self) -> None:
        """Take the person out of the list once their last socket of this process closed."""
        if self.counted:
            await attendance().went((self.course_id, self.caller.user_id))

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
        with remembering_roles(), asking_once() as known:
            fresh = self.let_in_as
            self.let_in_as = None  # an open socket keeps neither
            if fresh and time.monotonic() - fresh[0] < ADMITTED_SECONDS:
                _, actor, course = fresh
                known[actor, course.pk] = True
            else:
                actor, course = self._again()
            return self._missed(actor, course, last_seq, last_change)

    def _missed(
        self, actor: Actor, course: Course, last_seq: int | None, last_change: int | None
    ) -> JoinedFrame:
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
            **self._present(),
        }

    def _present(self) -> Crowd:
        """Who is there, the asker among them, whose arrival may not have been told yet."""
        members, me = present_in(self.course_id), self.caller.member
        if len(members) < MEMBERS_LIMIT:
            if me not in members:
                members.append(me)
            return {"members": members, "present": len(members)}
        present = crowds([self.course_id]).get(self.course_id, len(members))
        return {"members": members, "present": present}

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
