"""Assignments one may see."""

from collections.abc import Sequence

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from assessments.enums import SubmissionState
from assessments.models import Assignment, Submission
from assessments.rules import EDIT_ASSIGNMENT, VIEW_ASSIGNMENT
from courses.models import Course, Lesson
from courses.rules import STAFF_COURSE
from lms.kernel.actors import Actor
from lms.kernel.rules import fetch, require

SELECT = ("course", "lesson__section", "lesson__course", "rubric__rubric__latest")


def assignments(actor: Actor, *, course: Course | None = None) -> QuerySet[Assignment]:
    """Assignments the actor may see, in the order of the outline."""
    rows = VIEW_ASSIGNMENT.rows(actor).select_related(*SELECT)
    if course is not None:
        rows = rows.filter(course=course)
    return rows.order_by("course_id", "lesson__section__ordinal", "lesson__ordinal", "id")


def assignment(actor: Actor, public_id: str) -> Assignment:
    """One assignment; raises what `fetch` raises."""
    return fetch(actor, VIEW_ASSIGNMENT, public_id=public_id, select=SELECT)


def assignment_of(lesson: Lesson) -> Assignment | None:
    """The assignment of a lesson that the caller may see, whatever its state."""
    return Assignment.objects.select_related(*SELECT).filter(lesson=lesson).first()


def editable_assignments(actor: Actor, rows: Sequence[Assignment]) -> set[int]:
    """Keys of those that the actor may change; one query for all."""
    if not actor.can_write:
        return set()
    mine = EDIT_ASSIGNMENT.rows(actor).filter(pk__in=[row.pk for row in rows])
    return set(mine.values_list("pk", flat=True))


def assignment_lessons(actor: Actor, course: Course) -> QuerySet[Lesson]:
    """Lessons of kind assignment with how much was handed in and waits; for the course's staff."""
    require(actor, STAFF_COURSE, course)
    handed_in = Submission.objects.filter(assignment__lesson=OuterRef("pk")).exclude(
        state=SubmissionState.DRAFT
    )
    waiting = Q(state=SubmissionState.SUBMITTED)
    return (
        Lesson.objects.filter(
            course=course, kind="assignment", deleted_at=None, section__deleted_at=None
        )
        .select_related("section", "assignment")
        .annotate(received=_number(handed_in), waiting=_number(handed_in.filter(waiting)))
        .order_by("section__ordinal", "ordinal", "id")
    )


def _number(rows: QuerySet[Submission]) -> Coalesce:
    counted = rows.order_by().values("assignment").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
