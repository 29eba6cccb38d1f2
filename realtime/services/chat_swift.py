"""Plain words of people who may write: one question to PostgreSQL, one statement that stores.

What `chat_burst` does in a transaction of many statements happens here in one that is prepared:
the room's lock and numbers, the messages, their words for the search, how far the senders have
read, and the events. It stores everything or nothing, and whatever is not plain sailing (a slow
room, blocked words, a repeated client_id, somebody kept from writing) is left to the usual way.
"""

import json
import uuid
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, Final

from django.db import IntegrityError, connection, models, transaction

from accounts.models import User
from courses.models import Course
from lms.kernel import clock
from lms.kernel.actors import ActorKind
from lms.kernel.db.prepared import rows_of
from lms.kernel.errors import KernelError
from lms.kernel.events import is_heard
from lms.kernel.models import EventRecord, SearchDocument
from lms.kernel.text import PIPELINE_VERSION, plain_text
from realtime.events import MessageSent
from realtime.models import Message, Room, RoomRead
from realtime.queries.clear import clear_writers
from realtime.services.chat import Sent, clean_body
from realtime.services.chat_store import rendered
from realtime.services.indexing import MESSAGE
from realtime.services.room import tell_room

# The columns of a message that its sender decides, with their place in `said`.
GIVEN: Final = ("public_id", "client_id", "sender", "body", "html")


@dataclass(frozen=True, slots=True)
class Line:
    """A plain message of a person who signed in and is not previewing."""

    user_id: int
    client_id: uuid.UUID
    body: str


def say_swiftly(course_id: int, lines: Sequence[Line]) -> dict[int, Sent]:
    """Store what can be stored at once; by the place of the line. What is missing was not stored.

    The room is told after the commit, in the order of the lines.
    """
    if is_heard(MessageSent):
        return {}
    course, people = clear_writers(course_id, [line.user_id for line in lines])
    if course is None:
        return {}
    rows = {place: row for place, line in enumerate(lines) if (row := _row(line, people))}
    if not rows or not _store(course, list(rows.values())):
        return {}
    for row in rows.values():
        tell_room(course_id, row, bare=True)
    return {place: Sent(row, fresh=True) for place, row in rows.items()}


def _row(line: Line, people: dict[int, User]) -> Message | None:
    if line.user_id not in people:
        return None
    try:
        body = clean_body(line.body)
    except KernelError:
        return None
    return Message(
        client_id=line.client_id,
        sender=people[line.user_id],
        body=body,
        html=rendered(body),
        pipeline_version=str(PIPELINE_VERSION),
        indexed=True,
        created_at=clock.now(),
    )


def _store(course: Course, rows: list[Message]) -> bool:
    """Store all of them, with their numbers set; False when nothing was."""
    try:
        stored = _stored(course, rows)
        if not stored and _first_room(course):
            stored = _stored(course, rows)
    except IntegrityError:  # said before, or its sender was deleted meanwhile
        return False
    for row, (pk, room_id, seq, change) in zip(rows, stored, strict=False):
        row.pk, row.room_id, row.seq, row.change = pk, room_id, seq, change
    return bool(stored)


def _stored(course: Course, rows: list[Message]) -> list[tuple[Any, ...]]:
    with _kept_apart():
        return rows_of(_statement(), list(_values(course, rows)))


def _first_room(course: Course) -> bool:
    """Make the room that nobody has spoken in yet; False when it is there."""
    return Room.objects.get_or_create(course_id=course.pk)[1]


def _kept_apart() -> AbstractContextManager[object]:
    """A savepoint inside somebody's transaction; outside the statement is its own transaction."""
    return transaction.atomic() if connection.in_atomic_block else nullcontext()


def _values(course: Course, rows: list[Message]) -> Iterator[Any]:
    """In the order of the statement's parameters."""
    count = len(rows)
    yield from (count, count, course.pk, count, count)
    yield [row.public_id for row in rows]
    yield [row.client_id for row in rows]
    yield [row.sender_id for row in rows]
    yield [row.body for row in rows]
    yield [row.html for row in rows]
    yield [plain_text(row.body).replace("\0", "") for row in rows]
    for field in _common():
        yield field.get_db_prep_save(getattr(rows[0], field.attname), connection)
    yield from (MESSAGE, course.pk, course.language[:10])
    yield course.pk
    told = asdict(MessageSent(message_id=0, sender_id=0, course_id=course.pk))
    yield from (MessageSent.kind, clock.now(), ActorKind.USER.value, course.pk, json.dumps(told))


@cache
def _common() -> tuple[models.Field[Any, Any], ...]:
    """The columns that all messages of one statement share: each has what a new message has."""
    own = {*GIVEN, "id", "room", "seq", "change"}
    return tuple(field for field in Message._meta.concrete_fields if field.name not in own)


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


@cache
def _statement() -> str:
    columns = {field.name: field.column for field in Message._meta.concrete_fields}
    shared = ", ".join(f'"{field.column}"' for field in _common())
    typed = ", ".join(f"%s::{field.db_type(connection)}" for field in _common())
    given = ", ".join(f'"{columns[name]}"' for name in GIVEN)
    return f"""
WITH room AS (
    UPDATE {_table(Room)} SET last_seq = last_seq + %s::int, last_change = last_change + %s::int
    WHERE course_id = %s::bigint AND slow_seconds = 0 AND blocked_words = ''
    RETURNING id, last_seq - %s::int AS seq, last_change - %s::int AS change
), said AS (
    SELECT * FROM unnest(%s::varchar[], %s::uuid[], %s::bigint[], %s::text[], %s::text[],
        %s::text[]) WITH ORDINALITY AS line({given}, words, place)
), message AS (
    INSERT INTO {_table(Message)} (room_id, seq, change, {given}, {shared})
    SELECT room.id, room.seq + place, room.change + place, {given}, {typed}
    FROM room CROSS JOIN said ORDER BY place
    RETURNING id, room_id, seq, change, sender_id
), found AS (
    INSERT INTO {_table(SearchDocument)} (kind, object_id, course_id, language, title, body)
    SELECT %s::varchar, message.id, %s::bigint, %s::varchar, '', said.words
    FROM message CROSS JOIN room JOIN said ON message.seq = room.seq + said.place
), reading AS (
    INSERT INTO {_table(RoomRead)} (course_id, user_id, last_seq)
    SELECT %s::bigint, sender_id, max(seq) FROM message GROUP BY sender_id ORDER BY sender_id
    ON CONFLICT (course_id, user_id) DO UPDATE SET last_seq = EXCLUDED.last_seq
), told AS (
    INSERT INTO {_table(EventRecord)}
        (kind, occurred_at, transaction_id, actor_kind, actor_id, course_id, data)
    SELECT %s::varchar, %s::timestamptz, pg_current_xact_id()::text::bigint, %s::varchar,
        sender_id, %s::bigint,
        %s::jsonb || jsonb_build_object('message_id', id, 'sender_id', sender_id)
    FROM message ORDER BY seq
)
SELECT id, room_id, seq, change FROM message ORDER BY seq"""  # noqa: S608 - names of our tables
