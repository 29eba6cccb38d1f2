"""Reading rooms: what was said, what was missed, who is there."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from assessments.enums import ExamChat
from assessments.queries.exam import ai_help, chat_in, require_chat
from courses.enums import CourseState
from courses.models import Course
from courses.queries.contents import staff_roles
from courses.rules import TALK_COURSE, VIEW_COURSE
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import NotFound, SignInRequired
from lms.kernel.rules import allows, fetch, require
from lms.kernel.text import PIPELINE_VERSION, Profile, render_markdown
from realtime.enums import MAX_EDIT_MINUTES, Asked, Emoji, RestrictionKind
from realtime.models import Message, Reaction, Room, RoomRestriction
from realtime.queries.frames import (
    MessageBody,
    answer_html,
    is_hidden,
    message_body,
    veiled,
)
from realtime.queries.mentions import marked
from realtime.rules import VIEW_QUESTION, VIEW_ROOM, restrictions

MISSED_LIMIT = 100
MISSED_CHARACTERS = 256_000
FIRST_LIMIT = 50
CONTINUES_WITHIN = timedelta(minutes=5)


def room_name(course_id: int) -> str:
    """The push room of a course's chat."""
    return f"course:{course_id}"


@dataclass(frozen=True, slots=True)
class Missed:
    """What a reader who has read up to some number still lacks, and what changed meanwhile."""

    last_seq: int
    last_change: int
    messages: list[MessageBody]
    changed: list[MessageBody]
    mine: dict[str, list[str]]
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
    if not allows(actor, TALK_COURSE, course) or is_over(course):
        return False
    if chat_in(actor.user_id, course.pk) != ExamChat.OPEN:
        return False
    return restriction_of(actor, course) is None


def is_over(course: Course) -> bool:
    """Whether the course is over: its room is read, and nothing is said there any more."""
    ended = course.ends_at is not None and course.ends_at <= clock.now()
    return ended or course.state == CourseState.ARCHIVED


def restriction_of(actor: Actor, course: Course) -> RoomRestriction | None:
    """What keeps the actor from writing in the room or from entering it, None without."""
    return restrictions(actor.user_id, *RestrictionKind).filter(course=course).first()


def rooms_of(actor: Actor) -> QuerySet[Course]:
    """Courses whose rooms the actor may be in, each with `last_seq`."""
    seq = Room.objects.filter(course=OuterRef("pk")).values("last_seq")[:1]
    return VIEW_ROOM.rows(actor).annotate(last_seq=Coalesce(Subquery(seq), 0)).order_by("title")


def messages_of(actor: Actor, course: Course) -> QuerySet[Message]:
    """The room's messages, oldest first; raises what `require` raises."""
    require(actor, VIEW_ROOM, course)
    rows = Message.objects.filter(room__course=course)  # seen by whoever may be in the room
    loaded = rows.select_related("sender", "parent", "thread").prefetch_related("files")
    return loaded.order_by("seq")


def message_in(actor: Actor, course: Course, public_id: str) -> Message:
    """A message of this room that the actor may see; raises NotFound."""
    named = public_id[:40].replace("\0", "")
    found = messages_of(actor, course).filter(public_id=named).first()
    if found is None:
        raise NotFound
    return found


def known_message(actor: Actor, course: Course, client_id: uuid.UUID) -> Message | None:
    """What the actor sent under this id of theirs before."""
    mine = Message.objects.filter(room__course=course, sender_id=actor.user_id)
    return mine.filter(client_id=client_id).select_related("sender", "parent", "thread").first()


def missed_since(
    actor: Actor, course: Course, last_seq: int | None, last_change: int | None = None
) -> Missed:
    """The messages after `last_seq`, at most 100 or 256,000 characters at once, oldest first.

    None means a reader without any message: they get the latest 50. With `last_change`, also the
    messages up to `last_seq` that changed since, at most 100 at once.
    """
    rows = messages_of(actor, course)
    room = Room.objects.filter(course=course).first()
    newest, newest_change = (room.last_seq, room.last_change) if room else (0, 0)
    changed: list[Message] = []
    if last_seq is None:
        last_seq = max(0, newest - FIRST_LIMIT)
    elif last_change is not None:
        known = rows.filter(seq__lte=last_seq, change__gt=last_change)
        changed = list(known.order_by("change")[:MISSED_LIMIT])
    more = len(changed) == MISSED_LIMIT
    shows = shown_to(actor)
    found: list[MessageBody] = []
    fetched = list(rows.filter(seq__gt=last_seq)[:MISSED_LIMIT])
    mine = own_reactions(actor, [*fetched, *changed])
    size = 0
    for message in fetched:
        body = message_body(shows(message))
        size += len(body["body"]) + len(body["html"])
        if found and size > MISSED_CHARACTERS:
            break
        found.append(body)
    reached = found[-1]["seq"] if found else newest
    return Missed(
        last_seq=newest,
        last_change=changed[-1].change if more else newest_change,
        messages=found,
        changed=[message_body(shows(message)) for message in changed],
        mine=mine,
        has_more=reached < newest or more,
    )


def own_reactions(actor: Actor, rows: list[Message]) -> dict[str, list[str]]:
    """The actor's own emoji on messages, by the message's public id; one query."""
    ids = {row.pk: row.public_id for row in rows if row.reactions}
    if not ids or actor.user_id is None:
        return {}
    found: dict[str, list[str]] = {}
    mine = Reaction.objects.filter(message__in=ids, user_id=actor.user_id).order_by("emoji")
    for message_id, emoji in mine.values_list("message_id", "emoji"):
        found.setdefault(ids[message_id], []).append(emoji)
    return found


def shown_to(actor: Actor) -> Callable[[Message], Message]:
    """How messages are shown to somebody: with today's HTML, the tutor's veiled during an exam.

    One query, however many messages are shown.
    """
    left = ai_help(actor)

    def show(message: Message) -> Message:
        return veiled(message) if is_hidden(message, left) else fresh(message)

    return show


@dataclass(frozen=True, slots=True)
class Line:
    """A message as a page shows it.

    `continues` when it follows another of the same person within five minutes; `role` is that of
    staff of the course in words, "" for learners. `reason` says to its sender why the tutor did not
    answer it. `mine` are the reader's own emoji on it.
    """

    message: Message
    continues: bool
    role: str
    reason: str = ""
    mine: tuple[str, ...] = ()

    @property
    def editable(self) -> bool:
        """Whether it was said so lately that its author may still change its words."""
        lately = clock.now() - self.message.created_at <= timedelta(minutes=MAX_EDIT_MINUTES)
        return lately and self.message.deleted_at is None

    @property
    def chips(self) -> list[tuple[str, str, int, bool]]:
        """The reactions: name, emoji, count, and whether the reader is among them."""
        counts = self.message.reactions if self.message.deleted_at is None else {}
        return [
            (one.value, str(one.label), counts[one.value], one.value in self.mine)
            for one in Emoji
            if counts.get(one.value)
        ]


@dataclass(frozen=True, slots=True)
class Page:
    """The end of a conversation, for a page: lines, oldest first, and whether there are earlier.

    `staff` maps the public id of who teaches or assists to their role in words.
    """

    lines: list[Line]
    staff: dict[str, str]
    last_seq: int
    last_change: int
    has_earlier: bool


def newest_of(actor: Actor, course: Course) -> Page:
    """The latest 50 messages."""
    # Read before the messages: what changes in between is told twice rather than never.
    change = Room.objects.filter(course=course).values_list("last_change", flat=True).first() or 0
    newest = messages_of(actor, course).select_related("sender", "parent__sender", "thread")
    rows = list(newest.order_by("-seq")[: FIRST_LIMIT + 1])
    shows = shown_to(actor)
    shown = [shows(row) for row in reversed(rows[:FIRST_LIMIT])]
    staff = staff_roles(course)
    return Page(
        lines=lines_of(actor, course, shown, staff),
        staff=staff,
        last_seq=shown[-1].seq if shown else 0,
        last_change=change,
        has_earlier=len(rows) > FIRST_LIMIT,
    )


def lines_of(
    actor: Actor, course: Course, rows: list[Message], staff: dict[str, str] | None = None
) -> list[Line]:
    """Messages as a page shows them; `staff` where the caller knows it already."""
    known = staff_roles(course) if staff is None else staff
    mine = own_reactions(actor, rows)
    lines = _lines(rows, known, reasons_for(actor, rows))
    return [replace(line, mine=tuple(mine.get(line.message.public_id, ()))) for line in lines]


def reasons_for(actor: Actor, rows: list[Message]) -> dict[int, str]:
    """Why the tutor did not answer the actor's own questions among these, by message key."""
    own = [row.pk for row in rows if row.asked in {Asked.REFUSED, Asked.FAILED}]
    if not own:
        return {}
    questions = VIEW_QUESTION.rows(actor).filter(message__in=own)
    return dict(questions.values_list("message_id", "reason"))


def _lines(rows: list[Message], staff: dict[str, str], reasons: dict[int, str]) -> Iterator[Line]:
    before: Message | None = None
    for row in rows:
        continues = (
            before is not None
            and before.sender_id == row.sender_id
            and (before.ai is None) == (row.ai is None)
            and row.created_at - before.created_at < CONTINUES_WITHIN
        )
        role = staff.get(row.sender.public_id, "") if row.sender else ""
        yield Line(row, continues, role, reasons.get(row.pk, ""))
        before = row


def fresh(message: Message) -> Message:
    """The message with HTML of today's pipeline (C1); nothing is stored."""
    if message.deleted_at is None and message.pipeline_version != str(PIPELINE_VERSION):
        message.html = html_of(message)
    return message


def html_of(message: Message) -> str:
    """The words of a message as HTML: Markdown of people, plain text of the tutor."""
    if message.ai is not None:
        return answer_html(message.body)
    html = render_markdown(message.body, profile=Profile.MESSAGE)
    if not message.mentions:
        return html
    people = User.objects.filter(public_id__in=message.mentions)
    return marked(html, [person.display_name for person in people])
