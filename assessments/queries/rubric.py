"""Rubrics and guides of a course, for its staff."""

from typing import Any

from django.db.models import QuerySet

from assessments.models import Rubric
from assessments.rules import VIEW_RUBRIC
from courses.models import Course
from courses.rules import STAFF_COURSE
from lms.kernel.actors import Actor
from lms.kernel.rules import fetch, require


def rubrics(
    actor: Actor, *, course: Course | None = None, retired: bool = False
) -> QuerySet[Rubric]:
    """Rubrics the actor may see, by title; retired ones only when asked for."""
    rows = VIEW_RUBRIC.rows(actor).filter(retired=retired).select_related("latest", "course")
    if course is not None:
        require(actor, STAFF_COURSE, course)
        rows = rows.filter(course=course)
    return rows.order_by("title", "id")


def rubric(actor: Actor, public_id: str, *, course: Course | None = None) -> Rubric:
    """One rubric, inside its course when one is given (Z3); raises what `fetch` raises."""
    inside: dict[str, Any] = {} if course is None else {"course": course}
    return fetch(actor, VIEW_RUBRIC, select=("latest", "course"), public_id=public_id, **inside)
