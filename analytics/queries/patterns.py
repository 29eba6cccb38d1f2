"""The last learning patterns of a course, for its staff."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from analytics.models import PatternPoint, PatternRun
from courses.models import Course
from courses.rules import STAFF_COURSE
from lms.kernel.actors import Actor
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


def latest_patterns(actor: Actor, course: Course) -> Patterns | None:
    """The newest run, None before the first. Raises what `require` raises."""
    require(actor, STAFF_COURSE, course)
    run = PatternRun.objects.filter(course=course).order_by("-created_at", "-pk").first()
    if run is None:
        return None
    rows = (
        PatternPoint.objects.filter(run=run)
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
    points = [
        Point(public_id, name or email.partition("@")[0], label, time, rate, *more)
        for public_id, name, email, label, time, rate, *more in rows
    ]
    return Patterns(
        id=run.public_id,
        k=run.k,
        chosen=run.chosen,
        clusters=run.clusters,
        relations=run.relations,
        correlation=run.correlation,
        p_value=run.p_value,
        n=run.n,
        reason=run.reason,
        created_at=run.created_at,
        points=points,
    )


def running_job(actor: Actor, course: Course) -> Job | None:
    """The course's unfinished job of this kind that the actor started, if any."""
    require(actor, STAFF_COURSE, course)
    rows = Job.objects.filter(kind=KIND, course_id=course.pk, created_by_id=actor.user_id)
    return rows.filter(state__in=UNFINISHED_STATES).order_by("-pk").first()
