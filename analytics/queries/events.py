"""Reading the event table to its end without passing a row that commits late.

An id watermark is not safe: transaction A may take id 5 and commit after B took and committed
id 6. On PostgreSQL rows are therefore read by (transaction id, id), and only those whose
transaction is older than every transaction still open (`pg_snapshot_xmin`): nothing can be added
below that line any more. SQLite has one writer at a time, so ids suffice there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Max, Q, QuerySet

from analytics.models import FoldState
from lms.kernel.models import EventRecord

BATCH = 10_000


@dataclass(frozen=True, slots=True)
class Horizon:
    """Transaction ids of this moment: all below `oldest` have ended, none from `next` on exist."""

    oldest: int
    next: int


@dataclass(frozen=True, slots=True)
class Told:
    """One event as the fold needs it."""

    id: int
    transaction_id: int
    kind: str
    occurred_at: datetime
    course_id: int | None
    data: dict[str, Any]


def horizon() -> Horizon | None:
    """The horizon on PostgreSQL, None on databases with a single writer."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_snapshot_xmin(s)::text::bigint, pg_snapshot_xmax(s)::text::bigint"
            " FROM pg_current_snapshot() AS s"
        )
        oldest, following = cursor.fetchone()
    return Horizon(int(oldest), int(following))


def transaction_id() -> int:
    """The id of the transaction that writes now, as events carry it; 0 without such ids."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        return int(cursor.fetchone()[0])


def unread(state: FoldState, seen: Horizon | None) -> QuerySet[EventRecord]:
    """Events after the watermark that are safe to pass, in reading order."""
    if seen is None:
        return EventRecord.objects.filter(id__gt=state.event_id).order_by("id")
    later = Q(transaction_id__gt=state.transaction_id) | Q(
        transaction_id=state.transaction_id, id__gt=state.event_id
    )
    # The first condition repeats what the second implies, so that the index is used.
    return EventRecord.objects.filter(
        later,
        transaction_id__gte=state.transaction_id,
        transaction_id__lt=seen.oldest,
        id__gt=state.floor_id,
    ).order_by("transaction_id", "id")


def next_batch(state: FoldState, seen: Horizon | None, limit: int = BATCH) -> list[Told]:
    """At most `limit` unread events."""
    return list(_told(unread(state, seen)[:limit]))


def restored_up_to(seen: Horizon | None) -> int:
    """The last event written under transaction ids that this server has not reached, or 0.

    Such rows came with a restored copy of the database: they are all committed, and their
    transaction ids say nothing about the order of today's.
    """
    if seen is None:
        return 0
    foreign = EventRecord.objects.filter(transaction_id__gte=seen.next)
    return foreign.aggregate(last=Max("id"))["last"] or 0


def restored(up_to: int) -> Iterator[Told]:
    """Events up to an id, by id, streamed."""
    return _told(EventRecord.objects.filter(id__lte=up_to).order_by("id"))


def _told(rows: QuerySet[EventRecord]) -> Iterator[Told]:
    values = rows.values_list("id", "transaction_id", "kind", "occurred_at", "course_id", "data")
    for row in values.iterator(chunk_size=BATCH):
        yield Told(*row)
