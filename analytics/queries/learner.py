"""One learner's weeks in a course, for its staff."""

from dataclasses import dataclass
from datetime import date, timedelta

from analytics.models import DailyActivity
from courses.models import Course
from courses.rules import STAFF_COURSE
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.rules import require

WEEKS = 12


@dataclass(slots=True)
class LearnerWeek:
    """What one person did in one week from its Monday."""

    monday: date
    seconds: int = 0
    lessons_completed: int = 0
    attempts: int = 0
    days: int = 0


def learner_weeks(actor: Actor, course: Course, user_id: int) -> list[LearnerWeek]:
    """The last twelve weeks, this one last. Raises what `require` raises."""
    require(actor, STAFF_COURSE, course)
    today = clock.now().date()
    this = today - timedelta(days=today.weekday())
    weeks = {
        monday: LearnerWeek(monday)
        for monday in (this - timedelta(weeks=back) for back in range(WEEKS - 1, -1, -1))
    }
    rows = DailyActivity.objects.filter(course=course, user=user_id, day__gte=min(weeks))
    for row in rows:
        week = weeks.get(row.day - timedelta(days=row.day.weekday()))
        if week is None:
            continue
        week.seconds += row.seconds
        week.lessons_completed += row.lessons_completed
        week.attempts += row.attempts
        week.days += 1
    return list(weeks.values())
