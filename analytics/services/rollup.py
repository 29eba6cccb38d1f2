"""Add the sums of a batch of events to the roll-ups, in a handful of statements."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.db.models import Q

from accounts.models import User
from analytics.models import CourseTotals, CourseWeek, DailyActivity, LearnerFeature
from analytics.queries.events import Told
from analytics.scoring.activity import Effect, effect_of, quizzes_told
from analytics.services.rollup_hours import HourKey, hour_of, write_hours
from analytics.services.stale import mark_quizzes
from analytics.services.upsert import Into, add_rows
from courses.models import Course

COURSES_PER_QUERY = 50
DAY_SUMS = ("seconds", "lessons_completed", "attempts", "messages", "events")
WEEK_SUMS = ("people", "seconds", "lessons_completed", "attempts", "messages")
PERSON_SUMS = (
    "seconds",
    "lessons_completed",
    "active_days",
    "attempts_started",
    "attempts_submitted",
    "score_sum",
    "scored",
    "messages",
)
DAYS = Into(DailyActivity, ("course", "user", "day"), DAY_SUMS)
WEEKS = Into(CourseWeek, ("course", "week"), WEEK_SUMS)
PEOPLE = Into(LearnerFeature, ("course", "user"), PERSON_SUMS, latest=("last_seen",))
Pair = tuple[int, int]
DayKey = tuple[int, int, date]
WeekKey = tuple[int, date]


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
        self.events += effect.acts
        if self.last_seen is None or occurred_at > self.last_seen:
            self.last_seen = occurred_at


@dataclass(slots=True)
class Batch:
    """The sums of some events by (course, person) and by (course, person, day); their quizzes."""

    days: dict[tuple[int, int, date], Sums] = field(default_factory=dict)
    people: dict[tuple[int, int], Sums] = field(default_factory=dict)
    quizzes: set[int] = field(default_factory=set)
    hours: dict[HourKey, int] = field(default_factory=dict)

    def add(self, told: Told) -> None:
        """Count an event, if it tells of activity in a course."""
        self.quizzes |= quizzes_told(told.kind, told.data)
        effect = effect_of(told.kind, told.data)
        if effect is None or told.course_id is None:
            return
        pair, at = (told.course_id, effect.user_id), effect.at or told.occurred_at
        self.people.setdefault(pair, Sums()).add(effect, at)
        if effect.active:
            day = at.astimezone(UTC).date()
            self.days.setdefault((*pair, day), Sums()).add(effect, at)
            key = (*pair, hour_of(at))
            self.hours[key] = self.hours.get(key, 0) + effect.acts

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
        self.hours = {k: v for k, v in self.hours.items() if k[0] in courses and k[1] in people}
        self.people = {k: v for k, v in self.people.items() if k[0] in courses and k[1] in people}


def apply(events: Iterable[Told]) -> None:
    """Add events to every roll-up; the caller holds the reader's row and a transaction."""
    batch = Batch()
    for told in events:
        batch.add(told)
    mark_quizzes(batch.quizzes)
    batch.keep_existing()
    if not batch.people:
        return
    known = _known_days(batch)
    fresh_days = _write_days(batch, known)
    _write_people(batch, fresh_days)
    _write_weeks(batch, known)
    write_hours(batch.hours)
    _mark_stale({course for course, _ in batch.people})


def monday_of(day: date) -> date:
    """The first day of a day's week."""
    return day - timedelta(days=day.weekday())


def _of_people(pairs: Iterable[Pair]) -> Iterable[Q]:
    """Conditions that together match exactly the pairs, a few courses at a time."""
    by_course: dict[int, list[int]] = {}
    for course, person in pairs:
        by_course.setdefault(course, []).append(person)
    courses = sorted(by_course)
    for start in range(0, len(courses), COURSES_PER_QUERY):
        found = Q(pk__in=[])
        for course in courses[start : start + COURSES_PER_QUERY]:
            found |= Q(course=course, user__in=by_course[course])
        yield found


def _known_days(batch: Batch) -> set[DayKey]:
    """The days stored for the batch's people over all weeks that it touches."""
    if not batch.days:
        return set()
    days = [key[2] for key in batch.days]
    first, last = monday_of(min(days)), monday_of(max(days)) + timedelta(days=6)
    known: set[DayKey] = set()
    for people in _of_people({key[:2] for key in batch.days}):
        rows = DailyActivity.objects.filter(people, day__gte=first, day__lte=last)
        known.update(rows.values_list("course", "user", "day"))
    return known


def _write_days(batch: Batch, known: set[DayKey]) -> dict[Pair, int]:
    """Add to the daily rows; returns how many days are new for each (course, person)."""
    fresh: dict[Pair, int] = {}
    for key in batch.days.keys() - known:
        fresh[key[:2]] = fresh.get(key[:2], 0) + 1
    add_rows(DAYS, [(*key, *_day_sums(sums)) for key, sums in sorted(batch.days.items())])
    return fresh


def _day_sums(sums: Sums) -> tuple[int, ...]:
    return (
        sums.seconds,
        sums.lessons_completed,
        sums.attempts_submitted,
        sums.messages,
        sums.events,
    )


def _write_people(batch: Batch, fresh_days: dict[Pair, int]) -> None:
    rows = []
    for key, sums in sorted(batch.people.items()):
        added = [getattr(sums, name, 0) for name in PERSON_SUMS]
        added[PERSON_SUMS.index("active_days")] = fresh_days.get(key, 0)
        rows.append((*key, *added, sums.last_seen))
    add_rows(PEOPLE, rows)


def _write_weeks(batch: Batch, known: set[DayKey]) -> None:
    """Add to the weeks; a person counts in a week with their first day in it."""
    seen = {(course, user, monday_of(day)) for course, user, day in known}
    added: dict[WeekKey, list[int]] = {}
    for (course, user, day), sums in batch.days.items():
        monday = monday_of(day)
        total = added.setdefault((course, monday), [0] * len(WEEK_SUMS))
        total[0] += (course, user, monday) not in seen
        seen.add((course, user, monday))
        for place, amount in enumerate(_day_sums(sums)[:4], start=1):
            total[place] += amount
    add_rows(WEEKS, [(*key, *total) for key, total in sorted(added.items())])


def _mark_stale(courses: set[int]) -> None:
    CourseTotals.objects.bulk_create(
        [CourseTotals(course_id=course) for course in sorted(courses)], ignore_conflicts=True
    )
    CourseTotals.objects.filter(course__in=courses).update(stale=True)
