"""Reading more of a room than its end: what is new, pinned, found, reported, in a thread."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Prefetch, Q, QuerySet

from accounts.models import User
from assessments.enums import AiHelp
from assessments.queries.exam import ai_help
from courses.models import Course
from courses.queries.roles import active_members
from courses.rules import STAFF_COURSE
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.rules import require
from lms.kernel.search import find
from realtime.models import (
    Message,
    MessageReport,
    MessageRevision,
    Room,
    RoomRead,
    RoomRestriction,
)
from realtime.queries.chat import Line, lines_of, messages_of, shown_to
from realtime.queries.frames import is_hidden
from realtime.rules import VIEW_HISTORY

FOUND = 50
MOST_REPLIES = 200
EXPORTED = 500
SHOWN_REPORTS = 20
SHOWN_SETTLED = 20


@dataclass(frozen=True, slots=True)
class Thread:
    """The message that began a thread and what replied to it, oldest first."""

    root: Line
    replies: list[Line]

    @property
    def lines(self) -> list[Line]:
        """All of it."""
        return [self.root, *self.replies]


def read_up_to(actor: Actor, course: Course) -> int:
    """The number up to which the actor has read the room; 0 for never."""
    rows = RoomRead.objects.filter(course=course, user_id=actor.user_id or 0)
    return rows.values_list("last_seq", flat=True).first() or 0


def unread_in(actor: Actor, course: Course) -> int:
    """How many messages are new to the actor; numbers have no gaps, so that none are counted."""
    last = Room.objects.filter(course=course).values_list("last_seq", flat=True).first()
    return max(0, last - read_up_to(actor, course)) if last else 0


def pinned_in(actor: Actor, course: Course) -> list[Message]:
    """The pinned messages of a room, the newest pin first."""
    rows = messages_of(actor, course).filter(pinned_at__isnull=False, deleted_at=None)
    return [shown_to(actor)(row) for row in rows.order_by("-pinned_at")]


def found_in(actor: Actor, course: Course, text: str) -> list[Line]:
    """Messages of the room with these words, best first."""
    seen = messages_of(actor, course).filter(deleted_at=None)
    ids = find("message", text, allowed=seen, limit=FOUND)
    rows = seen.select_related("parent__sender").in_bulk(ids)
    shows = shown_to(actor)
    found = [shows(rows[pk]) for pk in ids if pk in rows]
    words = [row for row in found if row.body]  # a veiled answer tells nothing by being found
    return lines_of(actor, course, words)


def thread_of(actor: Actor, course: Course, message: Message) -> Thread:
    """The thread that a message is in, or begins."""
    root_id = message.thread_id or message.pk
    seen = messages_of(actor, course).select_related("sender", "parent__sender", "thread")
    rows = list(seen.filter(Q(pk=root_id) | Q(thread=root_id))[: MOST_REPLIES + 1])
    shows = shown_to(actor)
    lines = lines_of(actor, course, [shows(row) for row in rows])
    return Thread(root=lines[0], replies=lines[1:])


def history_of(actor: Actor, message: Message) -> QuerySet[MessageRevision]:
    """What a message said before, oldest first, for staff. Raises NotFound, Denied."""
    require(actor, VIEW_HISTORY, message)
    return MessageRevision.objects.filter(message=message).select_related("made_by")


def reported_in(actor: Actor, course: Course) -> QuerySet[Message]:
    """Messages with open reports, those with most first; each with `open_reports`, their number.

    `shown_reports` are the first 20 of these. Show the rows through `shown_to`.
    """
    require(actor, STAFF_COURSE, course)
    waiting = MessageReport.objects.filter(settled_at=None).order_by("pk")
    seen = messages_of(actor, course).filter(reports__settled_at=None, reports__isnull=False)
    counted = seen.annotate(open_reports=Count("reports")).order_by("-open_reports", "seq")
    first = waiting.select_related("reporter")[:SHOWN_REPORTS]
    return counted.prefetch_related(Prefetch("reports", queryset=first, to_attr="shown_reports"))


def settled_in(actor: Actor, course: Course) -> list[Message]:
    """The 20 messages whose reports were settled last, for staff who think again."""
    require(actor, STAFF_COURSE, course)
    seen = messages_of(actor, course).filter(reports__settled_at__isnull=False, deleted_at=None)
    rows = seen.annotate(settled=Max("reports__settled_at")).exclude(
        pk__in=MessageReport.objects.filter(settled_at=None).values("message")
    )
    return [shown_to(actor)(row) for row in rows.order_by("-settled", "-pk")[:SHOWN_SETTLED]]


def restricted_in(actor: Actor, course: Course) -> QuerySet[RoomRestriction]:
    """Who is muted or banned now, newest first, for staff."""
    require(actor, STAFF_COURSE, course)
    lasting = Q(until=None) | Q(until__gt=clock.now())
    rows = RoomRestriction.objects.filter(lasting, course=course)
    return rows.select_related("user", "by").order_by("-created_at", "-pk")


def room_settings(actor: Actor, course: Course) -> Room:
    """How a room works, for staff; the defaults while nobody said anything."""
    require(actor, STAFF_COURSE, course)
    return Room.objects.filter(course=course).first() or Room(course=course)


def member_called(course: Course, public_id: str) -> User | None:
    """An active member of the course."""
    rows = active_members(course).filter(user__public_id=public_id[:40].replace("\0", ""))
    found = rows.select_related("user").first()
    return None if found is None else found.user


def exported(actor: Actor, course: Course) -> Iterator[dict[str, Any]]:
    """Everything said in the room, in order, for the course's staff: plain values.

    Read in pieces of 500, so that a room of any length takes no more memory than a short one.
    """
    require(actor, STAFF_COURSE, course)
    return _exported(messages_of(actor, course), ai_help(actor))


def _exported(rows: QuerySet[Message], left: AiHelp) -> Iterator[dict[str, Any]]:
    last = 0
    while piece := list(rows.filter(seq__gt=last)[:EXPORTED]):
        last = piece[-1].seq
        for row in piece:
            yield _plain(row, left)


def _plain(row: Message, left: AiHelp) -> dict[str, Any]:
    return {
        "seq": row.seq,
        "id": row.public_id,
        "at": row.created_at.isoformat(),
        "by": "Tutor (AI)" if row.ai is not None else (row.sender and row.sender.display_name),
        "reply_to": row.parent.seq if row.parent is not None else None,
        "edited": row.edited_at is not None,
        "deleted": row.deleted_at is not None,
        "pinned": row.pinned_at is not None,
        "reactions": sum(row.reactions.values()),
        "body": "" if is_hidden(row, left) else row.body,
        "files": [] if row.deleted_at else [file.name for file in row.files.all()],
    }
