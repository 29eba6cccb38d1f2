"""When a course is busy: acts by weekday and hour in the reader's zone, for its staff."""

from datetime import timedelta, tzinfo
from functools import lru_cache

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
Week = list[list[int]]


def busy_hours(actor: Actor, course: Course) -> Week | None:
    """Acts of the last twelve weeks, seven days from Monday of 24 hours; None without any.

    One query. Raises what `require` raises: hours know no people, so that small numbers cannot be
    withheld from observers, who get none.
    """
    require(actor, STAFF_COURSE, course)
    week: Week = [[0] * 24 for _ in range(7)]
    acts = _acts(timezone.get_current_timezone())
    for day, hour, events in acts.rows(course.pk, clock.now() - timedelta(weeks=WEEKS)):
        week[day - 1][hour] = events
    return week if any(any(day) for day in week) else None


@lru_cache(maxsize=600)
def _acts(zone: tzinfo) -> Worded:
    """Day of the week (1 is Monday), hour, acts: of two thousand hours 168 sums are fetched."""
    return Worded(
        lambda course, since: (
            CourseHour.objects.filter(course=course, hour__gte=since)
            .order_by()
            .values_list(ExtractIsoWeekDay("hour", tzinfo=zone), ExtractHour("hour", tzinfo=zone))
            .annotate(Sum("events"))
        )
    )
