"""From when, until when and how long a person may take a quiz: the same answer for every door."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, Decimal

from django.db.models import Max

from assessments.models import Accommodation, Quiz
from courses.enums import EnrolmentState

NO_FACTOR = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """The borders of a quiz, for everybody or for one person; None is no border.

    `limit_seconds` is the time from the start of an attempt.
    """

    opens_at: datetime | None = None
    closes_at: datetime | None = None
    limit_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Deadline:
    """When an attempt ends. `clipped` tells that the closing date cuts its time limit short."""

    at: datetime | None
    clipped: bool = False


def effective_dates(everybody: Dates, *, time_factor: Decimal = NO_FACTOR) -> Dates:
    """The dates of a person who gets `time_factor` (1 and more) times the usual time.

    The limit grows by the factor, up to whole seconds. The closing date moves by what the limit
    grew, so that starting as late as everybody else costs no extra time: with factor 1.5, a quiz
    of 60 minutes that closes in 60 minutes gives 90. Without a limit the dates stay.
    """
    limit = everybody.limit_seconds
    if limit is None or time_factor <= NO_FACTOR:
        return everybody
    longer = int((limit * time_factor).to_integral_value(rounding=ROUND_CEILING))
    closes = everybody.closes_at
    if closes is not None:
        closes += timedelta(seconds=longer - limit)
    return replace(everybody, limit_seconds=longer, closes_at=closes)


def deadline_of(started_at: datetime, dates: Dates) -> Deadline:
    """When time is up, fixed at the start: the limit or the closing date, whichever is first."""
    if dates.limit_seconds is None:
        return Deadline(dates.closes_at)
    at = started_at + timedelta(seconds=dates.limit_seconds)
    if dates.closes_at is not None and dates.closes_at < at:
        return Deadline(dates.closes_at, clipped=True)
    return Deadline(at)


def dates_of(quiz: Quiz) -> Dates:
    """The dates for everybody."""
    return Dates(
        opens_at=quiz.opens_at, closes_at=quiz.closes_at, limit_seconds=quiz.time_limit_seconds
    )


def dates_for(quiz: Quiz, learner_id: int | None) -> Dates:
    """The dates for one person, with the extra time they have everywhere."""
    found = Accommodation.objects.filter(person_id=learner_id).only("time_factor").first()
    return effective_dates(dates_of(quiz), time_factor=found.time_factor if found else NO_FACTOR)


def last_close(quiz: Quiz) -> datetime | None:
    """When the quiz has closed for everybody in the course; None when it never does."""
    members = Accommodation.objects.filter(
        person__enrolments__course_id=quiz.course_id,
        person__enrolments__state=EnrolmentState.ACTIVE,
    )
    factor = members.aggregate(most=Max("time_factor"))["most"] or NO_FACTOR
    return effective_dates(dates_of(quiz), time_factor=factor).closes_at
