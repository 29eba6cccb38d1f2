"""Course totals: counted again with every change, for one learner or for all."""

from collections.abc import Collection
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from assessments.models import CourseTotal, Grade, GradeItem, TotalOverride
from assessments.queries.book import NO_MARKS, Book, LearnerMarks, book_of, figures, marks_of
from assessments.scoring.gradebook_trace import MOST_PERCENT
from assessments.services.log import take_turn, take_turns
from courses.models import Course
from courses.queries.group import learners_of
from courses.rules import MANAGE_COURSE
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Invalid
from lms.kernel.jobs import enqueue
from lms.kernel.rules import require
from lms.kernel.text import require_text

RECOUNT = "assessments.recount_totals"
CHUNK = 250


def recount_learner(course_id: int, learner_id: int) -> None:
    """Count one learner's totals again; the caller is in their turn."""
    recount_learners(course_id, [learner_id])


def recount_learners(course_id: int, learner_ids: Collection[int]) -> None:
    """Count the totals of learners again, whose turns the caller has taken; five queries."""
    book = book_of(course_id)
    _store(course_id, book, marks_of(course_id, learner_ids), learner_ids)


def recount_course(course_id: int) -> int:
    """Count everybody's totals again, so many learners at a time; returns how many."""
    known = CourseTotal.objects.filter(course_id=course_id).values_list("learner_id", flat=True)
    grades = Grade.objects.filter(item__course_id=course_id).order_by()
    graded = grades.values_list("learner_id", flat=True).distinct()
    ids = sorted({*learners_of(course_id).values_list("pk", flat=True), *known, *graded})
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        with transaction.atomic():
            take_turns(course_id, chunk)
            recount_learners(course_id, chunk)
    return len(ids)


def recount_later(actor: Actor, course_id: int) -> None:
    """Have a worker count everybody again, after a change of how the course counts."""
    enqueue(RECOUNT, actor=actor, params={"course_id": course_id}, course_id=course_id)


def has_column(lesson_id: int) -> bool:
    """Whether a lesson has a column in the gradebook."""
    of_lesson = Q(quiz__lesson=lesson_id) | Q(assignment__lesson=lesson_id)
    return GradeItem.objects.filter(of_lesson).exists()


def recount_if_counted(actor: Actor, course_id: int) -> None:
    """Have a worker count again after a column came or went, if totals were counted before."""
    if CourseTotal.objects.filter(course_id=course_id).exists():
        recount_later(actor, course_id)


@transaction.atomic
def override_total(
    *, actor: Actor, course: Course, learner: User, total: Decimal | None, reason: str
) -> CourseTotal:
    """Set a learner's total by hand, or give it back to the arithmetic with None.

    Raises Invalid for a percentage outside 0..1000 or an empty reason, and what `require` raises.
    """
    require(actor, MANAGE_COURSE, course)
    if total is not None and (not total.is_finite() or not 0 <= total <= MOST_PERCENT):
        raise Invalid(_("A total lies between 0 and 1000 %."), field="total")
    if not reason.strip():
        raise Invalid(_("Say why."), field="reason")
    reason = require_text(reason.strip(), field="reason", max_length=500)
    take_turn(course.pk, learner.pk)
    recount_learner(course.pk, learner.pk)
    row = lock(CourseTotal.objects.filter(course=course, learner=learner)).get()
    before, after = row.override, None if total is None else round(total, 4)
    if before != after:
        row.override, row.updated_at = after, clock.now()
        row.save(update_fields=["override", "updated_at"])
        TotalOverride.objects.create(
            total=row,
            before=before,
            after=after,
            reason=reason,
            actor_id=actor.user_id,
            at=clock.now(),
        )
    return row


def _store(
    course_id: int, book: Book, marks: dict[int, LearnerMarks], learner_ids: Collection[int]
) -> None:
    now = clock.now()
    rows = []
    for learner_id in learner_ids:
        found = figures(book, marks.get(learner_id, NO_MARKS))
        row = CourseTotal(course_id=course_id, learner_id=learner_id, updated_at=now)
        row.total, row.posted, row.parts = found.total, found.posted, found.parts
        rows.append(row)
    CourseTotal.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["course", "learner"],
        update_fields=["total", "posted", "parts", "updated_at"],
    )
