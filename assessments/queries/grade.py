"""Grades: one's own once released, all of a course for its staff."""

from django.db.models import QuerySet

from assessments.models import Grade, GradeChange
from assessments.rules import VIEW_GRADE
from courses.models import Course
from courses.rules import STAFF_COURSE
from lms.kernel.actors import Actor
from lms.kernel.rules import fetch, require

SELECT = (
    "item__quiz__lesson",
    "item__assignment__lesson",
    "item__course__gradebook",
    "learner",
    "attempt",
)


def grades(actor: Actor, *, course: Course | None = None, mine: bool = False) -> QuerySet[Grade]:
    """Grades the actor may see, newest first; `mine` only their own."""
    rows = VIEW_GRADE.rows(actor).select_related(*SELECT)
    if course is not None:
        rows = rows.filter(item__course=course)
    if mine:
        rows = rows.filter(learner_id=actor.user_id)
    return rows.order_by("-updated_at", "-id")


def grade(actor: Actor, public_id: str) -> Grade:
    """One grade; raises what `fetch` raises."""
    return fetch(actor, VIEW_GRADE, public_id=public_id, select=SELECT)


def recent_feedback(actor: Actor, *, limit: int = 5) -> list[Grade]:
    """The asker's newest released grades in all courses."""
    return list(grades(actor, mine=True)[:limit])


def changes(actor: Actor, row: Grade) -> QuerySet[GradeChange]:
    """How a grade came about, for staff; raises what `require` raises."""
    require(actor, STAFF_COURSE, row.item.course)
    return row.changes.select_related("actor", "attempt").order_by("at", "id")
