"""The last learning patterns of a course, for its staff."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from analytics.models import PatternPoint, PatternRun
from courses.models import Course
from courses.rules import STAFF_COURSE
from lms.kernel.actors import Actor
from lms.kernel.db.worded import Worded
from lms.kernel.models import UNFINISHED_STATES, Job
from lms.kernel.rules import require

KIND = "analytics.learning_patterns"


@dataclass(frozen=True, slots=True)
class Point:
    """One learner with the group, or None, and the figures of `scoring.course_patterns.Habits`."""

    public_id: str
    name: str
    label: int | None
    time_spent: float
    completion_rate: float
    performance: float | None
    regularity: float | None
    recency: float | None
    messages: float | None


@dataclass(frozen=True, slots=True)
class Patterns:
    """A run with its learners by name."""

    id: str
    k: int | None
    chosen: bool
    clusters: list[dict[str, Any]]
    relations: list[dict[str, Any]]
    correlation: float | None
    p_value: float | None
    n: int
    reason: str
    created_at: datetime
    points: list[Point]


def latest_patterns(actor: Actor, course: Course, *, people: bool = True) -> Patterns | None:
    """The newest run, None before the first; without `people` in one query, and without points.

    Raises what `require` raises.
    """
    require(actor, STAFF_COURSE, course)
    found = _NEWEST.rows(course.pk)
    if not found:
        return None
    pk, *run = found[0]
    return Patterns(*[*run, _points(pk) if people else []])


_NEWEST = Worded(
    lambda course: (
        PatternRun.objects.filter(course=course)
        .order_by("-created_at", "-pk")
        .values_list(
            "pk",
            "public_id",
            "k",
            "chosen",
            "clusters",
            "relations",
            "correlation",
            "p_value",
            "n",
            "reason",
            "created_at",
        )[:1]
    )
)


def _points(run_id: int) -> list[Point]:
    rows = (
        PatternPoint.objects.filter(run=run_id)
        .order_by("pk")
        .values_list(
            "user__public_id",
            "user__name",
            "user__email",
            "label",
            "time_spent",
            "completion_rate",
            "performance",
            "regularity",
            "recency",
            "messages",
        )
    )
    return [
        Point(public_id, name or email.partition("@")[0], label, time, rate, *more)
        for public_id, name, email, label, time, rate, *more in rows
    ]


def running_job(actor: Actor, course: Course) -> Job | None:
    """The course's unfinished job of this kind that the actor started, if any."""
    require(actor, STAFF_COURSE, course)
    if actor.user_id is None or not (found := _RUNNING.rows(course.pk, actor.user_id)):
        return None
    return Job.objects.filter(pk=found[0][0]).first()


_RUNNING = Worded(
    lambda course, user: (
        Job.objects.filter(
            kind=KIND, course_id=course, created_by_id=user, state__in=UNFINISHED_STATES
        )
        .order_by("-pk")
        .values_list("pk")[:1]
    )
)
