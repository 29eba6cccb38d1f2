"""When a course is busy: acts by weekday and hour in the reader's zone, for its staff."""

from datetime import timedelta

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
    zone = timezone.get_current_timezone()
    week: Week = [[0] * 24 for _ in range(7)]
    for hour, events in _ACTS.rows(course.pk, clock.now() - timedelta(weeks=WEEKS)):
        local = hour.astimezone(zone)
        week[local.weekday()][local.hour] += events
    return week if any(any(day) for day in week) else None


_ACTS = Worded(
    lambda course, since: (
        CourseHour.objects.filter(course=course, hour__gte=since)
        .order_by()
        .values_list("hour", "events")
    )
)
