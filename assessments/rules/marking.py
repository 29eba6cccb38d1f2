"""Who may do what with rubrics, marks and outcomes.

Staff read rubrics and mark; instructors write rubrics, settle marks that differ, and release. A
mark that is not done is its marker's alone, and of two markers neither sees the other's before
both are done.
"""

from django.db.models import Exists, OuterRef, Q, QuerySet

from assessments.models import BankComment, Mark, Rubric
from courses.rules import (
    MANAGE_COURSE,
    STAFF_COURSE,
    may_manage_course,
    may_staff_course,
)
from lms.kernel.actors import Actor
from lms.kernel.rules import Rule


def may_view_rubric(actor: Actor, rubric: Rubric) -> bool:
    return may_staff_course(actor, rubric.course)


def view_rubric_rows(actor: Actor) -> QuerySet[Rubric]:
    return Rubric.objects.filter(course__in=STAFF_COURSE.rows(actor).values("pk"))


def may_edit_rubric(actor: Actor, rubric: Rubric) -> bool:
    return may_manage_course(actor, rubric.course)


def edit_rubric_rows(actor: Actor) -> QuerySet[Rubric]:
    return Rubric.objects.filter(course__in=MANAGE_COURSE.rows(actor).values("pk"))


VIEW_RUBRIC = Rule("assessments.rubric.view", may=may_view_rubric, rows=view_rubric_rows)
EDIT_RUBRIC = Rule(
    "assessments.rubric.edit",
    may=may_edit_rubric,
    rows=edit_rubric_rows,
    writes=True,
    visible=VIEW_RUBRIC,
)


def may_view_mark(actor: Actor, mark: Mark) -> bool:
    if not may_staff_course(actor, mark.submission.course):
        return False
    if mark.marker_id == actor.user_id:
        return True
    if not mark.done:
        return False
    others = Mark.objects.filter(submission=mark.submission_id, done=True).exclude(pk=mark.pk)
    return not mark.submission.assignment.two_markers or others.exists()


def view_mark_rows(actor: Actor) -> QuerySet[Mark]:
    own = Q(pk__in=[]) if actor.user_id is None else Q(marker_id=actor.user_id)
    other = Mark.objects.filter(submission=OuterRef("submission"), done=True)
    both = Exists(other.exclude(pk=OuterRef("pk")))
    alone = Q(submission__assignment__two_markers=False)
    staffed = Mark.objects.filter(submission__course__in=STAFF_COURSE.rows(actor).values("pk"))
    return staffed.filter(own | (Q(done=True) & (alone | Q(both))))


VIEW_MARK = Rule("assessments.mark.view", may=may_view_mark, rows=view_mark_rows)


def may_use_bank_comment(actor: Actor, comment: BankComment) -> bool:
    own = actor.user_id is not None and comment.marker_id == actor.user_id
    return own and may_staff_course(actor, comment.course)


def use_bank_comment_rows(actor: Actor) -> QuerySet[BankComment]:
    if actor.user_id is None:
        return BankComment.objects.none()
    staffed = STAFF_COURSE.rows(actor).values("pk")
    return BankComment.objects.filter(marker_id=actor.user_id, course__in=staffed)


USE_BANK_COMMENT = Rule(
    "assessments.bank_comment.use", may=may_use_bank_comment, rows=use_bank_comment_rows
)
