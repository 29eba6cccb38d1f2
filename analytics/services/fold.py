"""Fold events into roll-ups: incremental, exactly once, and the same as counting from zero."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import islice

from django.db import transaction
from django.db.models import Count, Sum

from accounts.models import User
from analytics.models import (
    CourseTotals,
    CourseWeek,
    DailyActivity,
    FoldState,
    LearnerFeature,
)
from analytics.queries.events import BATCH, Horizon, Told, horizon, next_batch, restored_up_to
from analytics.queries.events import restored as restored_events
from analytics.scoring.activity import Effect, effect_of
from courses.models import Course
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Denied
from lms.kernel.jobs import enqueue
from lms.kernel.models import Job

STATE = "activity"
REBUILD = "analytics.rebuild"
UPSERT = 500


@dataclass(slots=True)
class Sums:
    """What a batch adds for one person, in one course (on one day)."""

    seconds: int = 0
    lessons_completed: int = 0
    attempts_started: int = 0
    attempts_submitted: int = 0
    messages: int = 0
    events: int = 0
    score_sum: Decimal = Decimal(0)
    scored: int = 0
    last_seen: datetime | None = None

    def add(self, effect: Effect, occurred_at: datetime) -> None:
        """Count one more event."""
        self.seconds += effect.seconds
        self.lessons_completed += effect.lessons_completed
        self.attempts_started += effect.attempts_started
        self.attempts_submitted += effect.attempts_submitted
        self.messages += effect.messages
        self.score_sum += effect.score
        self.scored += effect.scored
        if not effect.active:
            return
        self.events += 1
        if self.last_seen is None or occurred_at > self.last_seen:
            self.last_seen = occurred_at


@dataclass(slots=True)
class Batch:
    """The sums of some events, by (course, person) and by (course, person, day)."""

    days: dict[tuple[int, int, date], Sums] = field(default_factory=dict)
    people: dict[tuple[int, int], Sums] = field(default_factory=dict)

    def add(self, told: Told) -> None:
        """Count an event, if it tells of activity in a course."""
        effect = effect_of(told.kind, told.data)
        if effect is None or told.course_id is None:
            return
        pair = (told.course_id, effect.user_id)
        self.people.setdefault(pair, Sums()).add(effect, told.occurred_at)
        if effect.active:
            day = told.occurred_at.astimezone(UTC).date()
            self.days.setdefault((*pair, day), Sums()).add(effect, told.occurred_at)

    def keep_existing(self) -> None:
        """Drop courses that are gone and people who are gone or erased (V7)."""
        courses = set(
            Course.objects.filter(pk__in={c for c, _ in self.people}).values_list("pk", flat=True)
        )
        people = set(
            User.objects.filter(
                pk__in={person for _, person in self.people}, erased_at=None
            ).values_list("pk", flat=True)
        )
        self.days = {k: v for k, v in self.days.items() if k[0] in courses and k[1] in people}
        self.people = {k: v for k, v in self.people.items() if k[0] in courses and k[1] in people}


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
        _apply(events)
        state.transaction_id, state.event_id = events[-1].transaction_id, events[-1].id
    state.ran_at = clock.now()
    state.save(update_fields=["transaction_id", "event_id", "ran_at"])
    return len(events)


def _from_zero(state: FoldState, seen: Horizon | None) -> int:
    for model in (DailyActivity, LearnerFeature, CourseWeek):
        model.objects.all().delete()
    state.transaction_id = state.event_id = 0
    state.floor_id = restored_up_to(seen)
    state.save(update_fields=["transaction_id", "event_id", "floor_id"])
    read = 0
    for chunk in _chunks(restored_events(state.floor_id)):
        _apply(chunk)
        read += len(chunk)
    while done := _step(state, seen, BATCH):
        read += done
    return read


def _chunks(events: Iterator[Told]) -> Iterator[list[Told]]:
    while chunk := list(islice(events, BATCH)):
        yield chunk


def _apply(events: Iterable[Told]) -> None:
    batch = Batch()
    for told in events:
        batch.add(told)
    batch.keep_existing()
    fresh_days = _write_days(batch.days)
    _write_people(batch.people, fresh_days)
    _write_weeks({(course, _monday(day)) for course, _, day in batch.days})
    touched = {course for course, _ in batch.people}
    CourseTotals.objects.bulk_create(
        [CourseTotals(course_id=course) for course in sorted(touched)], ignore_conflicts=True
    )
    CourseTotals.objects.filter(course__in=touched).update(stale=True)


def _write_days(days: dict[tuple[int, int, date], Sums]) -> dict[tuple[int, int], int]:
    """Add to the daily rows; returns how many days are new for each (course, person)."""
    known = {
        (row.course_id, row.user_id, row.day): row
        for row in DailyActivity.objects.filter(
            course__in={key[0] for key in days},
            user__in={key[1] for key in days},
            day__in={key[2] for key in days},
        )
    }
    fresh: dict[tuple[int, int], int] = {}
    created, changed = [], []
    for key, sums in sorted(days.items()):
        row = known.get(key)
        if row is None:
            row = DailyActivity(course_id=key[0], user_id=key[1], day=key[2])
            fresh[key[:2]] = fresh.get(key[:2], 0) + 1
            created.append(row)
        else:
            changed.append(row)
        row.seconds += sums.seconds
        row.lessons_completed += sums.lessons_completed
        row.attempts += sums.attempts_submitted
        row.messages += sums.messages
        row.events += sums.events
    fields = ["seconds", "lessons_completed", "attempts", "messages", "events"]
    DailyActivity.objects.bulk_create(created, batch_size=UPSERT)
    DailyActivity.objects.bulk_update(changed, fields, batch_size=UPSERT)
    return fresh


def _write_people(
    people: dict[tuple[int, int], Sums], fresh_days: dict[tuple[int, int], int]
) -> None:
    known = {
        (row.course_id, row.user_id): row
        for row in LearnerFeature.objects.filter(
            course__in={key[0] for key in people}, user__in={key[1] for key in people}
        )
    }
    created, changed = [], []
    for key, sums in sorted(people.items()):
        row = known.get(key)
        if row is None:
            row = LearnerFeature(course_id=key[0], user_id=key[1], score_sum=Decimal(0))
            created.append(row)
        else:
            changed.append(row)
        _add_to_person(row, sums, fresh_days.get(key, 0))
    LearnerFeature.objects.bulk_create(created, batch_size=UPSERT)
    LearnerFeature.objects.bulk_update(
        changed,
        [
            "seconds",
            "lessons_completed",
            "active_days",
            "attempts_started",
            "attempts_submitted",
            "score_sum",
            "scored",
            "messages",
            "last_seen",
        ],
        batch_size=UPSERT,
    )


def _add_to_person(row: LearnerFeature, sums: Sums, fresh_days: int) -> None:
    row.seconds += sums.seconds
    row.lessons_completed += sums.lessons_completed
    row.active_days += fresh_days
    row.attempts_started += sums.attempts_started
    row.attempts_submitted += sums.attempts_submitted
    row.score_sum += sums.score_sum
    row.scored += sums.scored
    row.messages += sums.messages
    times = [moment for moment in (row.last_seen, sums.last_seen) if moment is not None]
    row.last_seen = max(times, default=None)


def _write_weeks(weeks: set[tuple[int, date]]) -> None:
    """Count the touched weeks anew from the daily rows: people must not be counted twice."""
    for course, monday in sorted(weeks):
        totals = DailyActivity.objects.filter(
            course_id=course, day__gte=monday, day__lt=monday + timedelta(days=7)
        ).aggregate(
            people=Count("user_id", distinct=True),
            seconds=Sum("seconds"),
            lessons_completed=Sum("lessons_completed"),
            attempts=Sum("attempts"),
            messages=Sum("messages"),
        )
        CourseWeek.objects.update_or_create(course_id=course, week=monday, defaults=totals)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
