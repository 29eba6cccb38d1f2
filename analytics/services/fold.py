"""Fold events into roll-ups: incremental, exactly once, and the same as counting from zero."""

from collections.abc import Iterator
from itertools import islice

from django.db import transaction

from analytics.models import CourseHour, CourseWeek, DailyActivity, FoldState, LearnerFeature
from analytics.queries.events import BATCH, Horizon, Told, horizon, next_batch, restored_up_to
from analytics.queries.events import restored as restored_events
from analytics.services.rollup import apply
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Denied
from lms.kernel.jobs import enqueue
from lms.kernel.models import Job

STATE = "activity"
REBUILD = "analytics.rebuild"


def fold(*, limit: int | None = None) -> int:
    """Read new events to the end (at most `limit` of them); returns how many were read.

    Safe to run twice at once: the second finds the reader's row locked and leaves. Each batch and
    the place reached are one transaction, so that a crash neither loses nor doubles an event.
    """
    FoldState.objects.get_or_create(name=STATE)
    read = 0
    while limit is None or read < limit:
        size = BATCH if limit is None else min(BATCH, limit - read)
        done = _fold_batch(size)
        read += done
        if done < size:
            break
    return read


def start_rebuild(*, actor: Actor) -> Job:
    """Start the job that folds every event again. Raises Denied for anybody but administrators."""
    _require_admin(actor)
    return enqueue(REBUILD, actor=actor, params={})


def rebuild(*, actor: Actor) -> int:
    """Forget all roll-ups and fold every event again, in one transaction; returns how many.

    People who were erased meanwhile are left out. Raises Denied for anybody but administrators.
    """
    _require_admin(actor)
    FoldState.objects.get_or_create(name=STATE)
    with transaction.atomic():
        state = lock(FoldState.objects.filter(name=STATE)).get()
        return _from_zero(state, horizon())


def _require_admin(actor: Actor) -> None:
    if not (actor.is_admin and actor.can_write):
        raise Denied


def _fold_batch(size: int) -> int:
    with transaction.atomic():
        state = lock(FoldState.objects.filter(name=STATE), skip_locked=True).first()
        if state is None:
            return 0
        seen = horizon()
        if seen is not None and state.transaction_id >= seen.next:
            # The database was restored into another server: its transaction ids began anew.
            _from_zero(state, seen)
            return 0
        return _step(state, seen, size)


def _step(state: FoldState, seen: Horizon | None, size: int) -> int:
    events = next_batch(state, seen, size)
    if events:
        apply(events)
        state.transaction_id, state.event_id = events[-1].transaction_id, events[-1].id
    state.ran_at = clock.now()
    state.save(update_fields=["transaction_id", "event_id", "ran_at"])
    return len(events)


def _from_zero(state: FoldState, seen: Horizon | None) -> int:
    for model in (DailyActivity, LearnerFeature, CourseWeek, CourseHour):
        model.objects.all().delete()
    state.transaction_id = state.event_id = 0
    state.floor_id = restored_up_to(seen)
    state.save(update_fields=["transaction_id", "event_id", "floor_id"])
    read = 0
    for chunk in _chunks(restored_events(state.floor_id)):
        apply(chunk)
        read += len(chunk)
    while done := _step(state, seen, BATCH):
        read += done
    return read


def _chunks(events: Iterator[Told]) -> Iterator[list[Told]]:
    while chunk := list(islice(events, BATCH)):
        yield chunk
