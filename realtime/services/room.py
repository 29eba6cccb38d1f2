"""What every change in a room has in common: the lock, the numbers, the push after the commit."""

import re

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from assessments.queries.exam import help_before, require_chat
from courses.models import Course
from courses.rules import TALK_COURSE
from lms.kernel import push
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Denied, Invalid
from lms.kernel.rules import require
from realtime.enums import RestrictionKind
from realtime.models import Message, Room
from realtime.queries.chat import is_over, restriction_of, room_name
from realtime.queries.frames import is_hidden, message_frame
from realtime.rules import VIEW_ROOM

LOADED = ("sender", "parent", "thread")


def require_writing(actor: Actor, course: Course) -> None:
    """Pass when the actor may write in the room now. Raises Denied and what `require` raises.

    Codes of Denied: `exam_mode`, `room_over`, `muted`.
    """
    require(actor, TALK_COURSE, course)
    require_chat(actor, course.pk, write=True)
    row = restriction_of(actor, course)
    if row is not None and row.kind == RestrictionKind.BAN:
        require(actor, VIEW_ROOM, course)
    if is_over(course):
        raise Denied(_("This course is over; its room is only read."), code="room_over")
    if row is not None:
        words = _("The people who teach have muted you in this room.")
        if row.until is not None:
            until = date_format(timezone.localtime(row.until), "SHORT_DATETIME_FORMAT")
            words = _("The people who teach have muted you in this room until %s.") % until
        raise Denied(words, code="muted")


def require_clean_words(room: Room, text: str) -> None:
    """Raise Invalid for words that are not used in this room."""
    blocked = [line.strip() for line in room.blocked_words.splitlines() if line.strip()]
    if not blocked:
        return
    words = "|".join(re.escape(word) for word in blocked)
    found = re.search(rf"(?<!\w)(?:{words})(?!\w)", text, re.IGNORECASE)
    if found is not None:
        said = _("“%s” is not used in this room. Say it in other words.") % found[0]
        raise Invalid(said, field="body", code="blocked_word")


def locked_room(course_id: int) -> Room:
    """The course's room, made by its first message; locked until the transaction ends.

    Every change of a message locks its room first, so that numbers and states have one order.
    """
    rows = lock(Room.objects.filter(course=course_id))
    found = rows.first()
    if found is None:
        Room.objects.get_or_create(course_id=course_id)
        found = rows.get()
    return found


def next_seq(room: Room) -> tuple[int, int]:
    """The numbers of a new message: its place, and that of the change it is."""
    room.last_seq += 1
    room.last_change += 1
    room.save(update_fields=["last_seq", "last_change"])
    return room.last_seq, room.last_change


def locked_message(room: Room, message_id: int) -> Message:
    """A message of a locked room as it is now, with what its frame needs."""
    return Message.objects.filter(room=room).select_related(*LOADED).get(pk=message_id)


def save_change(room: Room, message: Message, *fields: str) -> None:
    """Store changed fields of a message under the room's next number, and tell the room."""
    room.last_change += 1
    room.save(update_fields=["last_change"])
    message.change = room.last_change
    message.save(update_fields=[*fields, "change"])
    tell_room(room.course_id, message)


def tell_room(course_id: int, message: Message, *, bare: bool = False) -> None:
    """Push a message's state to everybody in the room, once it is committed; `bare` has no files.

    All sockets get the same frame. An answer of the tutor that an exam hides from one reader goes
    to none: pages see the gap in the numbers with the next frame and ask for what is theirs.
    """
    if message.ai is not None and is_hidden(message, help_before(course_id)):
        return
    frame = dict(message_frame(message, () if bare else None))
    transaction.on_commit(lambda: push.to_room(room_name(course_id), frame), robust=True)


def count_reply(room: Room, thread_id: int) -> None:
    """Count one more reply on the message that began a thread, and tell the room."""
    root = locked_message(room, thread_id)
    root.reply_count += 1
    save_change(room, root, "reply_count")
