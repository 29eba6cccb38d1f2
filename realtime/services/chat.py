"""Say something in a course's room, and take it back. Stored, committed, then pushed."""

import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from assessments.queries.exam import require_chat
from courses.models import Course
from courses.rules import TALK_COURSE
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.events import publish
from lms.kernel.rules import require
from lms.kernel.text import PIPELINE_VERSION, Profile, render_markdown, require_text
from realtime.enums import MAX_BODY
from realtime.events import MessageDeleted, MessageSent
from realtime.models import Message, Room
from realtime.queries.chat import known_message, message_in
from realtime.rules import DELETE_MESSAGE
from realtime.services.room import locked_message, locked_room, next_seq, save_change, tell_room
from realtime.services.room_tutor import ask_in_room, wish_of


@dataclass(frozen=True, slots=True)
class Sent:
    """The stored message; `fresh` is False when this `client_id` had been stored before."""

    message: Message
    fresh: bool


@dataclass(frozen=True, slots=True)
class _Words:
    """What is to be said, checked and rendered."""

    client_id: uuid.UUID
    body: str
    html: str
    parent: Message | None


def send_message(
    *, actor: Actor, course: Course, client_id: uuid.UUID, body: str, reply_to: str = ""
) -> Sent:
    """Store a message under the room's next number and tell the room after the commit.

    The same `client_id` of the same sender is stored once. `reply_to` is the public id of the
    message of this room that it replies to. A message that mentions `@tutor` asks the course's
    tutor on behalf of its sender; the answer is a message of the room that comes later.

    Raises Invalid for an empty or too long body, Conflict when the `client_id` was used with other
    words, Denied for readers, `exam_mode` while an exam of the actor closes the chat or the tutor,
    Throttled `tutor_limit` for more questions to the tutor than a person may ask.
    """
    require(actor, TALK_COURSE, course)
    require_chat(actor, course.pk, write=True)
    text = _clean(body)
    if (known := known_message(actor, course, client_id)) is not None:
        return Sent(_same(known, text), fresh=False)
    wish = wish_of(actor, course, text)
    replied = message_in(actor, course, reply_to) if reply_to else None
    html = render_markdown(text, profile=Profile.MESSAGE)
    with transaction.atomic():
        room = locked_room(course.pk)
        if (known := known_message(actor, course, client_id)) is not None:
            return Sent(_same(known, text), fresh=False)
        message = _store(actor, room, _Words(client_id, text, html, replied))
        if wish is not None:
            ask_in_room(actor=actor, course=course, message=message, wish=wish)
        tell_room(course.pk, message)
    return Sent(message, fresh=True)


def delete_message(*, actor: Actor, message: Message) -> Message:
    """Take the words away and keep the place; again is no error. Raises Denied, NotFound."""
    require(actor, DELETE_MESSAGE, message)
    course_id = message.room.course_id
    with transaction.atomic():
        room = locked_room(course_id)
        row = locked_message(room, message.pk)
        if row.deleted_at is not None:
            return row
        row.body = row.html = ""
        row.deleted_at, row.deleted_by_id = clock.now(), actor.user_id
        publish(
            MessageDeleted(message_id=row.pk, sender_id=row.sender_id, course_id=course_id),
            actor=actor,
        )
        save_change(room, row, "body", "html", "deleted_at", "deleted_by")
    return row


def _store(actor: Actor, room: Room, words: _Words) -> Message:
    sender = User.objects.get(pk=actor.user_id or 0)
    seq, change = next_seq(room)
    message = Message.objects.create(
        room=room,
        seq=seq,
        change=change,
        client_id=words.client_id,
        sender=sender,
        parent=words.parent,
        body=words.body,
        html=words.html,
        pipeline_version=str(PIPELINE_VERSION),
        created_at=clock.now(),
    )
    publish(
        MessageSent(message_id=message.pk, sender_id=sender.pk, course_id=room.course_id),
        actor=actor,
    )
    return message


def _clean(body: str) -> str:
    text = require_text(body, field="body", max_length=MAX_BODY).strip()
    if not text:
        raise Invalid(_("Write something first."), field="body")
    return text


def _same(message: Message, text: str) -> Message:
    if message.deleted_at is None and message.body != text:
        raise Conflict(_("This client_id was used for another message."), code="client_id_reused")
    return message
