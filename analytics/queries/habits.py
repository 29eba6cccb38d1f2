"""How the active learners of a course work, as the search for patterns reads it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from analytics.models import DailyActivity
from analytics.queries.learners import LearnerFigures, learner_figures
from analytics.scoring.course_patterns import Habits
from courses.models import Course
from lms.kernel import clock
from lms.kernel.actors import Actor

MINUTE = 60
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class LearnerHabits:
    """One active learner with the figures of their work."""

    user_id: int
    habits: Habits


def learner_habits(actor: Actor, course: Course) -> list[LearnerHabits]:
    """Every active learner of a course, by enrolment. Raises what `require` raises."""
    learners = learner_figures(actor, course)
    days: dict[int, list[date]] = {}
    for user_id, day in DailyActivity.objects.filter(course=course).values_list("user_id", "day"):
        days.setdefault(user_id, []).append(day)
    now = clock.now()
    return [
        LearnerHabits(
            one.user_id,
            Habits(
                time_spent=one.seconds / MINUTE,
                completion_rate=one.completion,
                regularity=_regularity(
                    since := _since(one, course), now, days.get(one.user_id, [])
                ),
                recency=float(max(0, (now - (one.last_seen or since)).days)),
                messages=float(one.messages),
                performance=None if one.mean_score is None else one.mean_score * 100,
            ),
        )
        for one in learners
    ]


def _since(one: LearnerFigures, course: Course) -> datetime:
    """From when on the learner could work: the later of joining and the start of the course."""
    return max(one.enrolled_at, course.starts_at or one.enrolled_at)


def _regularity(since: datetime, now: datetime, days: list[date]) -> float:
    """The share of the weeks since then, begun ones too, in which there was activity."""
    weeks = max(0, (now - since) // WEEK) + 1
    first = since.date()
    active = {(day - first) // WEEK for day in days if day >= first}
    return min(1.0, len(active) / weeks)
