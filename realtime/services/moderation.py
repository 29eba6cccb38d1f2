"""Keep a room in order: pins, slow mode, words that are not used, mutes and bans, reports."""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from courses.models import Course
from courses.queries.roles import active_members
from courses.rules import ASSIST_COURSE, STAFF_COURSE
from lms.kernel import actors, clock, push
from lms.kernel.actors import Actor
from lms.kernel.errors import Conflict, Invalid, NotFound
from lms.kernel.events import publish
from lms.kernel.rules import allows, require
from lms.kernel.text import require_text
from realtime.enums import MAX_SLOW_SECONDS, CloseCode, DirectPolicy, RestrictionKind
from realtime.events import (
    MemberRestricted,
    MessagePinned,
    MessageReported,
    ReportReopened,
    ReportSettled,
    RoomSet,
)
from realtime.models import Message, MessageReport, Room, RoomRestriction
from realtime.queries.chat import room_name
from realtime.rules import MODERATE_MESSAGE, USE_MESSAGE
from realtime.services.chat import delete_message
from realtime.services.room import locked_message, locked_room, save_change

MOST_PINS: Final = 20
MAX_REASON: Final = 300
MAX_REPORT: Final = 500
MAX_WORDS: Final = 5_000
KEPT_DAYS: Final = 365
MOST_MINUTES: Final = 60 * 24 * KEPT_DAYS


def pin_message(*, actor: Actor, message: Message, on: bool) -> Message:
    """Keep a message at the top of the room, or no longer. Raises NotFound, Denied, Conflict."""
    require(actor, MODERATE_MESSAGE, message)
    course = message.room.course
    with transaction.atomic():
        room = locked_room(course.pk)
        row = locked_message(room, message.pk)
        if (row.pinned_at is not None) == on:
            return row
        if on and row.deleted_at is not None:
            raise Conflict(_("This message was deleted."), code="deleted")
        pinned = Message.objects.filter(room=room, pinned_at__isnull=False).count()
        if on and pinned >= MOST_PINS:
            words = _("At most %s messages are pinned; unpin one first.") % MOST_PINS
            raise Conflict(words, code="most_pins")
        row.pinned_at = clock.now() if on else None
        publish(MessagePinned(message_id=row.pk, on=on, course_id=course.pk), actor=actor)
        save_change(room, row, "pinned_at")
    return row


def set_room(
    *, actor: Actor, course: Course, slow_seconds: int, blocked_words: str, direct: str = ""
) -> Room:
    """Choose the seconds between messages, the words that are not used, and who may write to whom.

    `direct` is who may write to each other beside the room; empty leaves it. Raises Invalid.
    """
    require(actor, ASSIST_COURSE, course)
    if not 0 <= slow_seconds <= MAX_SLOW_SECONDS:
        words = _("Between 0 and %s seconds.") % MAX_SLOW_SECONDS
        raise Invalid(words, field="slow_seconds")
    if direct and direct not in DirectPolicy.values:
        raise Invalid(_("Choose who may write to each other."), field="direct")
    text = require_text(blocked_words, field="blocked_words", max_length=MAX_WORDS)
    lines = dict.fromkeys(line.strip() for line in text.splitlines() if line.strip())
    with transaction.atomic():
        room = locked_room(course.pk)
        room.slow_seconds, room.blocked_words = slow_seconds, "\n".join(lines)
        room.direct = direct or room.direct
        room.save(update_fields=["slow_seconds", "blocked_words", "direct"])
        publish(RoomSet(course_id=course.pk, slow_seconds=slow_seconds), actor=actor)
    return room


def restrict_member(
    *,
    actor: Actor,
    course: Course,
    person: User,
    kind: str,
    minutes: int | None = None,
    reason: str = "",
) -> RoomRestriction:
    """Mute somebody, or keep them out of the room, for minutes or until lifted; again replaces.

    A ban closes their sockets at once. Staff of the course cannot be restricted. Raises Denied,
    NotFound for somebody who is no member, Invalid, Conflict.
    """
    require(actor, ASSIST_COURSE, course)
    _require_measure(kind, minutes)
    text = require_text(reason, field="reason", max_length=MAX_REASON).strip()
    if not active_members(course).filter(user=person).exists():
        raise NotFound
    if allows(actors.for_user(person), STAFF_COURSE, course):
        raise Conflict(_("The people who teach cannot be restricted."), code="staff")
    until = None if minutes is None else clock.now() + timedelta(minutes=minutes)
    with transaction.atomic():
        row, _made = RoomRestriction.objects.update_or_create(
            course=course,
            user=person,
            defaults={
                "kind": kind,
                "until": until,
                "reason": text,
                "by_id": actor.user_id,
                "created_at": clock.now(),
            },
        )
        told = MemberRestricted(course_id=course.pk, member_id=person.pk, restriction=kind)
        publish(told, actor=actor)
        if kind == RestrictionKind.BAN:
            transaction.on_commit(lambda: _close(course.pk, person.pk), robust=True)
    return row


def lift_restriction(*, actor: Actor, course: Course, person: User) -> bool:
    """Let somebody write, or come in, again; whether there was anything to lift."""
    require(actor, ASSIST_COURSE, course)
    with transaction.atomic():
        gone, _kinds = RoomRestriction.objects.filter(course=course, user=person).delete()
        if gone:
            told = MemberRestricted(course_id=course.pk, member_id=person.pk, restriction="")
            publish(told, actor=actor)
    return bool(gone)


def forget_old_restrictions() -> int:
    """Delete what is a year old, as the data map says; whom it still held is held no longer."""
    old = RoomRestriction.objects.filter(created_at__lt=clock.now() - timedelta(days=KEPT_DAYS))
    count, _kinds = old.delete()
    return count


def report_message(*, actor: Actor, message: Message, reason: str = "") -> MessageReport:
    """Ask the staff of the course to look at a message; again replaces the reason.

    What staff settled is not opened by asking again, unless its words changed since.
    """
    require(actor, USE_MESSAGE, message)
    text = require_text(reason, field="reason", max_length=MAX_REPORT).strip()
    if message.deleted_at is not None:
        raise Conflict(_("This message was deleted."), code="deleted")
    with transaction.atomic():
        row, made = MessageReport.objects.update_or_create(
            message=message, reporter_id=actor.user_id or 0, defaults={"reason": text}
        )
        settled, edited = row.settled_at, message.edited_at
        again = settled is not None and edited is not None and edited > settled
        if again:
            row.settled_at = row.settled_by = None
            row.save(update_fields=["settled_at", "settled_by"])
        if made or again:
            told = MessageReported(message_id=message.pk, course_id=message.room.course_id)
            publish(told, actor=actor)
    return row


def settle_reports(*, actor: Actor, message: Message, remove: bool) -> int:
    """Close the reports of a message, and take it away if so wished; how many were open."""
    require(actor, MODERATE_MESSAGE, message)
    with transaction.atomic():
        if remove:
            delete_message(actor=actor, message=message)
        rows = MessageReport.objects.filter(message=message, settled_at=None)
        count = rows.update(settled_at=clock.now(), settled_by_id=actor.user_id)
        if count:
            told = ReportSettled(
                message_id=message.pk, removed=remove, course_id=message.room.course_id
            )
            publish(told, actor=actor)
    return count


def reopen_reports(*, actor: Actor, message: Message) -> int:
    """Open the settled reports of a message again; how many. Raises Denied, NotFound, Conflict."""
    require(actor, MODERATE_MESSAGE, message)
    if message.deleted_at is not None:
        raise Conflict(_("This message was deleted."), code="deleted")
    with transaction.atomic():
        rows = MessageReport.objects.filter(message=message, settled_at__isnull=False)
        count = rows.update(settled_at=None, settled_by=None)
        if count:
            told = ReportReopened(message_id=message.pk, course_id=message.room.course_id)
            publish(told, actor=actor)
    return count


def _require_measure(kind: str, minutes: int | None) -> None:
    if kind not in RestrictionKind.values:
        raise Invalid(_("Choose mute or ban."), field="kind")
    if minutes is not None and not 1 <= minutes <= MOST_MINUTES:
        raise Invalid(_("Between one minute and a year."), field="minutes")


def _close(course_id: int, user_id: int) -> None:
    push.close_room_member(room_name(course_id), user_id, CloseCode.NOT_ALLOWED)
