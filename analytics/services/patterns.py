"""Learning patterns: start the job, do its work, keep the result of a course."""

from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from analytics.models import PatternPoint, PatternRun
from analytics.queries.habits import LearnerHabits, learner_habits
from analytics.queries.patterns import KIND, running_job
from analytics.scoring.course_patterns import course_patterns
from analytics.scoring.patterns import PatternResult, learning_patterns
from analytics.scoring.rows import PatternRow, parse_clusters, parse_rows
from analytics.services.fold import fold
from analytics.services.totals import refresh_totals
from courses.models import Course
from courses.rules import ASSIST_COURSE, STAFF_COURSE, staff_course_rows
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import Denied, SignInRequired
from lms.kernel.jobs import enqueue
from lms.kernel.models import Job
from lms.kernel.rules import require, require_write


def start_for_rows(*, actor: Actor, rows: object, k: object = None) -> Job:
    """Start the job on rows as a client sent them, for anybody who teaches.

    The job keeps figures alone, not the names of the students. Raises SignInRequired or Denied,
    and Invalid naming the field.
    """
    require_write(actor)
    if not _teaches(actor):
        raise Denied(_("Learning patterns are for people who teach."))
    clusters = parse_clusters(k)
    figures = [[row.time_spent, row.completion_rate, row.performance] for row in parse_rows(rows)]
    return enqueue(KIND, actor=actor, params={"k": clusters, "rows": figures})


def start_for_course(*, actor: Actor, course: Course, k: object = None) -> Job:
    """Start the job for a course one staffs; one that still runs is returned instead.

    Without `k` the number of groups is chosen. Raises what `require` raises, and Invalid for `k`.
    """
    require(actor, ASSIST_COURSE, course)
    clusters = None if k is None else parse_clusters(k)
    running = running_job(actor, course)
    if running is not None and running.params.get("k") == clusters:
        return running
    return enqueue(
        KIND, actor=actor, params={"k": clusters, "course": course.pk}, course_id=course.pk
    )


def patterns_of_rows(figures: list[list[Any]], k: int) -> PatternResult:
    """The answer for the rows of a job."""
    rows = [PatternRow("", *row) for row in figures]
    return learning_patterns(rows, k)


def patterns_of_course(
    *, actor: Actor, course: Course, k: int | None, job_id: int
) -> dict[str, Any]:
    """Bring a course's figures up to date, find its patterns and keep them.

    Labels are in the order of the stored points. Run again for the same job, it replaces its own
    result.
    """
    require(actor, STAFF_COURSE, course)
    fold()
    refresh_totals(course)
    learners = learner_habits(actor, course)
    result = course_patterns([one.habits for one in learners], k)
    _keep(course, learners, result, k=k, job_id=job_id)
    return result


def _keep(
    course: Course,
    learners: list[LearnerHabits],
    result: dict[str, Any],
    *,
    k: int | None,
    job_id: int,
) -> None:
    with transaction.atomic():
        # Only the newest run is shown; older ones would keep people's figures for nothing.
        PatternRun.objects.filter(course=course).delete()
        run = PatternRun.objects.create(
            course=course,
            job_id=job_id,
            k=result["k"] or k,
            chosen=k is None,
            relations=result["relations"],
            clusters=result["clusters"],
            correlation=result["correlation"],
            p_value=result["p_value"],
            n=result["n"],
            reason=result["reason"] or "",
            created_at=clock.now(),
        )
        PatternPoint.objects.bulk_create(
            [
                PatternPoint(run=run, user_id=one.user_id, label=label, **asdict(one.habits))
                for one, label in zip(learners, result["labels"], strict=True)
            ],
            batch_size=500,
        )


def _teaches(actor: Actor) -> bool:
    if actor.user_id is None and not actor.is_system:
        raise SignInRequired
    return actor.is_admin or actor.is_instructor or staff_course_rows(actor).exists()
