"""Say something in a course's room, and take it back. Stored, committed, then pushed."""

import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from assessments.queries.exam import require_chat
from courses.models import Course
from courses.rules import TALK_COURSE
from lms.kernel import clock, push
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict, Invalid
from lms.kernel.events import publish
from lms.kernel.rules import require
from lms.kernel.text import PIPELINE_VERSION, Profile, render_markdown, require_text
from realtime.enums import MAX_BODY
from realtime.events import MessageDeleted, MessageSent
from realtime.models import Message, Room
from realtime.queries.chat import room_name
from realtime.queries.frames import message_frame
from realtime.rules import DELETE_MESSAGE


@dataclass(frozen=True, slots=True)
class Sent:
    """The stored message; `fresh` is False when this `client_id` had been stored before."""

    message: Message
    fresh: bool


def send_message(*, actor: Actor, course: Course, client_id: uuid.UUID, body: str) -> Sent:
    """Store a message under the room's next number and tell the room after the commit.

    The same `client_id` of the same sender is stored once. Raises Invalid for an empty or too long
    body, Conflict when the `client_id` was used with other words, Denied for readers, and
    `exam_mode` while an exam of the actor closes the chat to them.
    """
    require(actor, TALK_COURSE, course)
    require_chat(actor, course.pk, write=True)
    text = _clean(body)
    html = render_markdown(text, profile=Profile.MESSAGE)
    with transaction.atomic():
        room = _locked_room(course)
        known = Message.objects.filter(
            room=room, sender_id=actor.user_id, client_id=client_id
        ).select_related("sender")
        if (message := known.first()) is not None:
            return Sent(_same(message, text), fresh=False)
        sender = User.objects.get(pk=actor.user_id or 0)
        room.last_seq += 1
        room.save(update_fields=["last_seq"])
        message = Message.objects.create(
            room=room,
            seq=room.last_seq,
            client_id=client_id,
            sender=sender,
            body=text,
            html=html,
            pipeline_version=str(PIPELINE_VERSION),
            created_at=clock.now(),
        )
        publish(
            MessageSent(message_id=message.pk, sender_id=sender.pk, course_id=course.pk),
            actor=actor,
        )
        _tell(course.pk, message)
    return Sent(message, fresh=True)


def delete_message(*, actor: Actor, message: Message) -> Message:
    """Take the words away and keep the place; again is no error. Raises Denied, NotFound."""
    require(actor, DELETE_MESSAGE, message)
    with transaction.atomic():
        row = lock(Message.objects.select_related("sender", "room")).get(pk=message.pk)
        if row.deleted_at is not None:
            return row
        row.body = row.html = ""
        row.deleted_at, row.deleted_by_id = clock.now(), actor.user_id
        row.save(update_fields=["body", "html", "deleted_at", "deleted_by"])
        course_id = row.room.course_id
        publish(
            MessageDeleted(message_id=row.pk, sender_id=row.sender_id, course_id=course_id),
            actor=actor,
        )
        _tell(course_id, row)
    return row


def _locked_room(course: Course) -> Room:
    """The course's room, made by its first message; locked until the transaction ends."""
    rows = lock(Room.objects.filter(course=course))
    found = rows.first()
    if found is None:
        Room.objects.get_or_create(course=course)
        found = rows.get()
    return found


def _clean(body: str) -> str:
    text = require_text(body, field="body", max_length=MAX_BODY).strip()
    if not text:
        raise Invalid(_("Write something first."), field="body")
    return text


def _same(message: Message, text: str) -> Message:
    if message.deleted_at is None and message.body != text:
        raise Conflict(_("This client_id was used for another message."), code="client_id_reused")
    return message


def _tell(course_id: int, message: Message) -> None:
    frame = dict(message_frame(message))
    transaction.on_commit(lambda: push.to_room(room_name(course_id), frame), robust=True)
