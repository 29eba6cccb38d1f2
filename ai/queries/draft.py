"""Drafts one may review, and the jobs that make them."""

from typing import Any

from django.db.models import Count, QuerySet

from ai.enums import DraftState
from ai.models import Draft
from ai.queries.narrowing import EVERYTHING, Narrow
from ai.rules import VIEW_DRAFT
from courses.models import Course
from lms.kernel.actors import Actor
from lms.kernel.jobs.access import VIEW_JOB
from lms.kernel.models import UNFINISHED_STATES, Job
from lms.kernel.rules import fetch

SHOWN_COURSES = 5
KIND = "ai.generate_questions"
RELATED = ("job", "course", "lesson", "question", "decided_by", "outcome")


def drafts(
    actor: Actor, narrow: Narrow = EVERYTHING, *, course: Course | None = None
) -> QuerySet[Draft]:
    """Drafts the actor may read, newest job first and in the job's order."""
    return narrow.of(VIEW_DRAFT.rows(actor).select_related(*RELATED), course)


def draft(actor: Actor, public_id: str, *, course: Course | None = None) -> Draft:
    """One draft, inside its course when one is given (Z3); raises what `fetch` raises."""
    inside: dict[str, Any] = {} if course is None else {"course": course}
    return fetch(actor, VIEW_DRAFT, select=RELATED, public_id=public_id, **inside)


def waiting_count(actor: Actor, course: Course) -> int:
    """How many drafts of a course wait for a decision."""
    return VIEW_DRAFT.rows(actor).filter(course=course, state=DraftState.DRAFT).count()


def own_jobs(actor: Actor, course: Course) -> QuerySet[Job]:
    """The actor's generation jobs in a course, newest first."""
    rows = VIEW_JOB.rows(actor).filter(kind=KIND, course_id=course.pk)
    return rows.filter(created_by_id=actor.user_id).order_by("-pk")


def unfinished_jobs(actor: Actor) -> int:
    """How many of the actor's generation jobs wait or run."""
    rows = Job.objects.filter(kind=KIND, created_by_id=actor.user_id)
    return rows.filter(state__in=UNFINISHED_STATES).count()


def drafts_waiting(actor: Actor) -> list[dict[str, Any]]:
    """Courses with drafts that wait for a decision: slug, title and how many, most first."""
    rows = VIEW_DRAFT.rows(actor).filter(state=DraftState.DRAFT, course__deleted_at=None)
    counted = rows.exclude(course=None).order_by().values("course__slug", "course__title")
    found = counted.annotate(many=Count("pk")).order_by("-many", "course__title")[:SHOWN_COURSES]
    return [
        {"slug": row["course__slug"], "title": row["course__title"], "many": row["many"]}
        for row in found
    ]
