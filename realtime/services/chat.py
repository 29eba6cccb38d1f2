"""Say something in a course's room, and take it back. Stored, committed, then pushed."""

import math
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.models import Course
from courses.rules import STAFF_COURSE
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import Conflict, Invalid, Throttled
from lms.kernel.events import publish
from lms.kernel.rules import allows, require
from lms.kernel.text import require_text
from realtime.enums import MAX_BODY, RevisionKind
from realtime.events import MessageDeleted
from realtime.models import Message, Room
from realtime.queries.chat import known_message, message_in
from realtime.queries.mentions import mentioned_in
from realtime.rules import DELETE_MESSAGE
from realtime.services.chat_store import Words, rendered, store_messages
from realtime.services.files import Named
from realtime.services.indexing import forget_message
from realtime.services.revisions import keep_revision
from realtime.services.room import (
    locked_message,
    locked_room,
    require_clean_words,
    require_writing,
    save_change,
    tell_room,
)
from realtime.services.room_tutor import ask_in_room, wish_of


@dataclass(frozen=True, slots=True)
class Sent:
    """The stored message; `fresh` is False when this `client_id` had been stored before."""

    message: Message
    fresh: bool


def send_message(
    *,
    actor: Actor,
    course: Course,
    client_id: uuid.UUID,
    body: str,
    reply_to: str = "",
    files: Sequence[Named] = (),
) -> Sent:
    """Store a message under the room's next number and tell the room after the commit.

    The same `client_id` of the same sender is stored once. `reply_to` is the public id of the
    message of this room that it replies to, `files` are unsent ones of the actor; with them the
    body may be empty. A message that mentions `@tutor` asks the course's
    tutor on behalf of its sender; the answer is a message of the room that comes later.

    Raises Invalid for a bad body, Conflict when the `client_id` was used with other words, Denied
    for readers, `exam_mode`, `room_over`, `muted`, Throttled `tutor_limit`, `slow_mode`.
    """
    require_writing(actor, course)
    text = clean_body(body, bare=bool(files))
    # What asks or replies is looked up first: a repeated question is no second one.
    repeats = "@" in text or bool(reply_to)
    if repeats and (known := known_message(actor, course, client_id)) is not None:
        return Sent(require_same(known, text), fresh=False)
    wish = wish_of(actor, course, text)
    words = _words(actor, course, client_id, text, reply_to, files)
    with transaction.atomic():
        room = locked_room(course.pk)
        room.course = course
        if (known := known_message(actor, course, client_id)) is not None:
            return Sent(require_same(known, text), fresh=False)
        require_clean_words(room, text)
        _require_slowness(actor, course, room)
        (message,) = store_messages(room, [words])
        if wish is not None:
            ask_in_room(actor=actor, course=course, message=message, wish=wish)
        tell_room(course.pk, message, bare=not files)
    return Sent(message, fresh=True)


def _words(
    actor: Actor,
    course: Course,
    client_id: uuid.UUID,
    text: str,
    reply_to: str,
    files: Sequence[Named],
) -> Words:
    meant = tuple(mentioned_in(text, course))
    return Words(
        actor=actor,
        client_id=client_id,
        body=text,
        html=rendered(text, [name for _key, _id, name in meant]),
        parent=message_in(actor, course, reply_to) if reply_to else None,
        mentions=meant,
        files=files,
    )


def delete_message(*, actor: Actor, message: Message) -> Message:
    """Take the words away and keep the place; again is no error. Raises Denied, NotFound."""
    require(actor, DELETE_MESSAGE, message)
    course_id = message.room.course_id
    with transaction.atomic():
        room = locked_room(course_id)
        row = locked_message(room, message.pk)
        if row.deleted_at is not None:
            return row
        keep_revision(actor, row, RevisionKind.DELETED)
        row.body = row.html = ""
        row.reactions, row.pinned_at = {}, None
        row.deleted_at, row.deleted_by_id = clock.now(), actor.user_id
        publish(
            MessageDeleted(message_id=row.pk, sender_id=row.sender_id, course_id=course_id),
            actor=actor,
        )
        save_change(room, row, "body", "html", "deleted_at", "deleted_by", "reactions", "pinned_at")
        forget_message(row.pk)  # after its row is locked, which the sweep of the index holds too
    return row


def _require_slowness(actor: Actor, course: Course, room: Room) -> None:
    """Raise Throttled `slow_mode` for somebody who wrote a moment ago and does not teach."""
    if not room.slow_seconds or allows(actor, STAFF_COURSE, course):
        return
    since = clock.now() - timedelta(seconds=room.slow_seconds)
    mine = Message.objects.filter(room=room, sender_id=actor.user_id, created_at__gt=since)
    last = mine.order_by("-seq").values_list("created_at", flat=True).first()
    if last is not None:
        wait = math.ceil((last - since).total_seconds())
        words = ngettext(
            "This room is slow: write again in %s second.",
            "This room is slow: write again in %s seconds.",
            wait,
        )
        raise Throttled(words % wait, retry_after=wait, code="slow_mode")


def clean_body(body: str, *, bare: bool = False) -> str:
    """The words of a message as they are kept; none where it may be `bare`. Raises Invalid."""
    text = require_text(body, field="body", max_length=MAX_BODY).strip()
    if not text and not bare:
        raise Invalid(_("Write something first."), field="body")
    return text


def require_same(message: Message, text: str) -> Message:
    """The message that was stored under a `client_id`. Raises Conflict for other words."""
    if message.deleted_at is None and message.body != text:
        raise Conflict(_("This client_id was used for another message."), code="client_id_reused")
    return message
