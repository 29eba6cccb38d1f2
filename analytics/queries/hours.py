"""When a course is busy: acts by weekday and hour in the reader's zone, for its staff."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo

from django.db.models import Sum
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay
from django.utils import timezone

from analytics.models import CourseHour
from courses.models import Course
from courses.rules import STAFF_COURSE
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.worded import Worded
from lms.kernel.rules import require

WEEKS = 12
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MINUTES_A_WEEK = 7 * 24 * 60
Week = list[list[int]]


def busy_hours(actor: Actor, course: Course) -> Week | None:
    """Acts of the last twelve weeks, seven days from Monday of 24 hours; None without any.

    A query for each offset from UTC that the reader's zone had in that time: one, two where clocks
    were changed. Raises what `require` raises: hours know no people, so that small numbers cannot
    be withheld from observers, who get none.
    """
    require(actor, STAFF_COURSE, course)
    week: Week = [[0] * 24 for _ in range(7)]
    now = clock.now()
    since = now - timedelta(weeks=WEEKS)
    for begin, end, offset in _stretches(timezone.get_current_timezone(), since, now + DAY):
        for weekday, hour, events in _ACTS.rows(course.pk, begin, end):
            minutes = ((weekday - 1) * 24 + hour) * 60 + offset // timedelta(minutes=1)
            day, rest = divmod(minutes % MINUTES_A_WEEK, 24 * 60)
            week[day][rest // 60] += events
    return week if any(any(day) for day in week) else None


# The zones of a database's own table may be others than ours, so that it counts by UTC.
_ACTS = Worded(
    lambda course, begin, end: (
        CourseHour.objects.filter(course=course, hour__gte=begin, hour__lt=end)
        .order_by()
        .values_list(ExtractIsoWeekDay("hour", tzinfo=UTC), ExtractHour("hour", tzinfo=UTC))
        .annotate(Sum("events"))
    )
)


def _stretches(
    zone: tzinfo, since: datetime, until: datetime
) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """Begin, end and offset from UTC of each stretch of whole hours in which a zone had one."""
    full = since.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    begin, offset = since, _offset(zone, full)
    while full < until:
        step = DAY if _offset(zone, full + DAY) == offset else HOUR
        full += step
        following = _offset(zone, full)
        if following != offset:
            yield begin, full, offset
            begin, offset = full, following
    yield begin, until, offset


def _offset(zone: tzinfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()
