"""Reading rooms: what was said, what was missed, who is there."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from assessments.enums import ExamChat
from assessments.queries.exam import chat_in, require_chat
from courses.models import Course
from courses.queries.contents import staff_roles
from courses.rules import TALK_COURSE, VIEW_COURSE
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import NotFound, SignInRequired
from lms.kernel.rules import allows, fetch, require
from lms.kernel.text import PIPELINE_VERSION, Profile, render_markdown
from realtime.models import Message, Presence, Room
from realtime.queries.frames import MemberFrame, MessageBody, member_frame, message_body
from realtime.rules import VIEW_MESSAGE, VIEW_ROOM

MISSED_LIMIT = 100
MISSED_CHARACTERS = 256_000
FIRST_LIMIT = 50
PRESENT_FOR = timedelta(seconds=90)
MEMBERS_LIMIT = 500
CONTINUES_WITHIN = timedelta(minutes=5)


def room_name(course_id: int) -> str:
    """The push room of a course's chat."""
    return f"course:{course_id}"


@dataclass(frozen=True, slots=True)
class Missed:
    """What a reader who has read up to some number still lacks."""

    last_seq: int
    messages: list[MessageBody]
    has_more: bool


def course_with_room(actor: Actor, **lookup: Any) -> Course:
    """The course (by public_id or slug) whose room the actor may be in.

    Raises SignInRequired, NotFound, Denied for a visible course that is not theirs, and Denied
    `exam_mode` while an exam closes the room to them.
    """
    if not actor.signed_in:
        raise SignInRequired
    course = fetch(actor, VIEW_COURSE, **lookup)
    if not allows(actor, VIEW_ROOM, course):
        require_chat(actor, course.pk, write=False)
    require(actor, VIEW_ROOM, course)
    return course


def course_now(course_id: int) -> Course:
    """A course as it is now, for a socket whose right a service checks next; NotFound when gone."""
    course = Course.objects.filter(pk=course_id).first()
    if course is None:
        raise NotFound
    return course


def may_talk(actor: Actor, course: Course) -> bool:
    """Whether the actor may write in the room."""
    if not allows(actor, TALK_COURSE, course):
        return False
    return chat_in(actor.user_id, course.pk) == ExamChat.OPEN


def rooms_of(actor: Actor) -> QuerySet[Course]:
    """Courses whose rooms the actor may be in, each with `last_seq`."""
    seq = Room.objects.filter(course=OuterRef("pk")).values("last_seq")[:1]
    return VIEW_ROOM.rows(actor).annotate(last_seq=Coalesce(Subquery(seq), 0)).order_by("title")


def messages_of(actor: Actor, course: Course) -> QuerySet[Message]:
    """The room's messages, oldest first; raises what `require` raises."""
    require(actor, VIEW_ROOM, course)
    rows = VIEW_MESSAGE.rows(actor).filter(room__course=course)
    return rows.select_related("sender").order_by("seq")


def missed_since(actor: Actor, course: Course, last_seq: int | None) -> Missed:
    """The messages after `last_seq`, at most 100 or 256,000 characters at once, oldest first.

    None means a reader without any message: they get the latest 50.
    """
    rows = messages_of(actor, course)
    room = Room.objects.filter(course=course).first()
    newest = room.last_seq if room else 0
    if last_seq is None:
        last_seq = max(0, newest - FIRST_LIMIT)
    found: list[MessageBody] = []
    size = 0
    for message in rows.filter(seq__gt=last_seq)[:MISSED_LIMIT]:
        body = message_body(fresh(message))
        size += len(body["body"]) + len(body["html"])
        if found and size > MISSED_CHARACTERS:
            break
        found.append(body)
    reached = found[-1]["seq"] if found else newest
    return Missed(last_seq=newest, messages=found, has_more=reached < newest)


@dataclass(frozen=True, slots=True)
class Line:
    """A message as a page shows it.

    `continues` when it follows another of the same person within five minutes; `role` is that of
    staff of the course in words, "" for learners.
    """

    message: Message
    continues: bool
    role: str


@dataclass(frozen=True, slots=True)
class Page:
    """The end of a conversation, for a page: lines, oldest first, and whether there are earlier.

    `staff` maps the public id of who teaches or assists to their role in words.
    """

    lines: list[Line]
    staff: dict[str, str]
    last_seq: int
    has_earlier: bool


def newest_of(actor: Actor, course: Course) -> Page:
    """The latest 50 messages."""
    rows = list(messages_of(actor, course).order_by("-seq")[: FIRST_LIMIT + 1])
    shown = [fresh(row) for row in reversed(rows[:FIRST_LIMIT])]
    staff = staff_roles(course)
    return Page(
        lines=list(_lines(shown, staff)),
        staff=staff,
        last_seq=shown[-1].seq if shown else 0,
        has_earlier=len(rows) > FIRST_LIMIT,
    )


def _lines(rows: list[Message], staff: dict[str, str]) -> Iterator[Line]:
    before: Message | None = None
    for row in rows:
        continues = (
            before is not None
            and before.sender_id == row.sender_id
            and row.created_at - before.created_at < CONTINUES_WITHIN
        )
        role = staff.get(row.sender.public_id, "") if row.sender else ""
        yield Line(message=row, continues=continues, role=role)
        before = row


def fresh(message: Message) -> Message:
    """The message with HTML of today's pipeline (C1); nothing is stored."""
    if message.deleted_at is None and message.pipeline_version != str(PIPELINE_VERSION):
        message.html = render_markdown(message.body, profile=Profile.MESSAGE)
    return message


def present_in(course_id: int) -> list[MemberFrame]:
    """Who has a socket in the room, by name."""
    seen = Presence.objects.filter(course_id=course_id, seen_at__gt=clock.now() - PRESENT_FOR)
    people = User.objects.filter(pk__in=seen.values("user_id"), is_active=True)
    members = [member_frame(user) for user in people[:MEMBERS_LIMIT]]
    return sorted(members, key=lambda member: (member["name"].lower(), member["id"]))
