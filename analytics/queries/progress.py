"""A learner's own learning over all courses: days, weeks, time, what was reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from analytics.models import DailyActivity
from analytics.queries.learner import LearnerWeek
from analytics.queries.next_step import NextStep, next_step
from assessments.models import LearningOutcome
from assessments.queries.own_totals import own_totals
from courses.models import Course, Enrolment
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import SignInRequired

WEEKS = 12
MONTH = 28


@dataclass(frozen=True, slots=True)
class OwnDays:
    """The last twelve weeks, and what they come to.

    `row` is in how many weeks in a row there was a day of learning, up to this week or the last:
    a day off breaks nothing.
    """

    weeks: list[LearnerWeek]
    days: int
    of: int
    seconds: int
    row: int


@dataclass(frozen=True, slots=True)
class OwnCourse:
    """A course of one's own: how far, the posted total in percent, whether it has a mastery map."""

    enrolment: Enrolment
    total: Decimal | None
    has_map: bool


def own_days(actor: Actor) -> OwnDays:
    """The asker's days over all courses in one query. Raises SignInRequired."""
    if actor.user_id is None:
        raise SignInRequired
    today = timezone.localdate(clock.now())
    this = today - timedelta(days=today.weekday())
    weeks = {
        monday: LearnerWeek(monday)
        for monday in (this - timedelta(weeks=back) for back in range(WEEKS - 1, -1, -1))
    }
    rows = DailyActivity.objects.filter(user_id=actor.user_id, day__gte=min(weeks))
    seen: set[date] = set()
    for day, seconds, lessons, attempts in rows.values_list(
        "day", "seconds", "lessons_completed", "attempts"
    ):
        week = weeks.get(day - timedelta(days=day.weekday()))
        if week is None:
            continue
        week.seconds += seconds
        week.lessons_completed += lessons
        week.attempts += attempts
        # Two courses on one day are one day of learning.
        week.days += day not in seen
        seen.add(day)
    listed = list(weeks.values())
    return OwnDays(
        weeks=listed,
        days=sum(day > today - timedelta(days=MONTH) for day in seen),
        of=MONTH,
        seconds=sum(week.seconds for week in listed),
        row=_in_a_row(listed),
    )


def own_courses(actor: Actor, rows: Sequence[Enrolment]) -> list[OwnCourse]:
    """Some of one's courses with what there is to say, two queries for all of them."""
    ids = [row.course_id for row in rows]
    totals = own_totals(actor, ids)
    maps = LearningOutcome.objects.filter(course__in=ids).order_by()
    mapped = set(maps.values_list("course_id", flat=True).distinct())
    return [OwnCourse(row, totals.get(row.course_id), row.course_id in mapped) for row in rows]


def what_next(actor: Actor, rows: Sequence[Enrolment]) -> tuple[Course, NextStep] | None:
    """The next step of the course used last that is not finished, None without any."""
    for row in rows:
        if row.completion < 1:
            step = next_step(actor, row.course)
            return (row.course, step) if step else None
    return None


def _in_a_row(weeks: Sequence[LearnerWeek]) -> int:
    count = 0
    for at, week in enumerate(reversed(weeks)):
        if week.days:
            count += 1
        elif at:
            break
    return count
