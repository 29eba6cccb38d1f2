"""What was never handed in: its grade is computed when nothing can come any more."""

import logging
from typing import Final

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from assessments.enums import AssignmentState, GradeStatus, SubmissionState
from assessments.models import Assignment, DateOverride, Grade, SubmissionMember
from assessments.queries.due import window_before_work, windows_for
from assessments.queries.handing_in import Window, misses_from
from assessments.scoring.agreement import plain
from assessments.scoring.lateness import missing_score
from assessments.services.grade import Origin, item_of_assignment, through_curve, write_grade
from assessments.services.log import take_turn
from courses.enums import CourseRole, EnrolmentState
from courses.models import Enrolment
from lms.kernel import clock
from lms.kernel.actors import system

log = logging.getLogger(__name__)
MOST: Final = 500


def settle_missing(*, limit: int = MOST) -> int:
    """Give everybody who missed an assignment what its rule says; returns how many.

    Only for assignments whose rule gives missing work a grade, and for learners who were in the
    course before nothing could come any more. One failure stops no other.
    """
    done = 0
    for row in _asked().order_by("pk"):
        for enrolment in _missing(row)[: limit - done]:
            try:
                done += _settle(row, enrolment)
            except Exception:
                log.exception("missing work of assignment %s could not be graded", row.pk)
    return done


def _asked() -> QuerySet[Assignment]:
    """Assignments in which somebody's time may be over: everybody's, or with dates of their own."""
    over = Coalesce(F("closes_at"), F("due_at"))
    others = DateOverride.objects.filter(assignment=OuterRef("pk")).alias(over=over)
    return Assignment.objects.filter(
        state=AssignmentState.PUBLISHED,
        lesson__published=True,
        lesson__deleted_at=None,
        missing_percent__isnull=False,
    ).filter(
        Q(cutoff_at__lt=clock.now())
        | Q(cutoff_at=None, due_at__lt=clock.now())
        | Exists(others.filter(over__lt=clock.now()))
    )


def _missing(row: Assignment) -> "list[Enrolment]":
    """Learners whose own time is over, who were here before, and who handed nothing in."""
    came = SubmissionMember.objects.filter(assignment=row, learner=OuterRef("user"))
    graded = _graded(row).filter(learner=OuterRef("user"))
    learners = Enrolment.objects.filter(
        course_id=row.course_id, role=CourseRole.LEARNER, state=EnrolmentState.ACTIVE
    )
    handed_in = came.exclude(submission__state=SubmissionState.DRAFT)
    waiting = list(
        learners.exclude(Exists(handed_in))
        .exclude(Exists(graded))
        .select_related("user")
        .order_by("pk")
    )
    windows = windows_for(row, [one.user_id for one in waiting])
    return [one for one in waiting if _is_over(windows[one.user_id], one)][:MOST]


def _graded(row: Assignment) -> QuerySet[Grade]:
    """Grades that stand: by hand, excused, or missing already."""
    rows = Grade.objects.filter(item__assignment=row)
    return rows.exclude(status=GradeStatus.IN_PROGRESS, overridden=False)


def _is_over(window: Window, enrolment: Enrolment) -> bool:
    over = misses_from(window)
    return over is not None and over < clock.now() and enrolment.created_at <= over


@transaction.atomic
def _settle(row: Assignment, enrolment: Enrolment) -> bool:
    take_turn(row.course_id, enrolment.user_id)
    over = misses_from(window_before_work(row, enrolment.user_id))
    came = SubmissionMember.objects.filter(assignment=row, learner_id=enrolment.user_id)
    if over is None or clock.now() <= over or row.missing_percent is None:
        return False
    if came.exclude(submission__state=SubmissionState.DRAFT).exists():
        return False
    # Somebody may have graded or excused the learner since the list was read.
    if _graded(row).filter(learner_id=enrolment.user_id).exists():
        return False
    item = item_of_assignment(row)
    worth = missing_score(row.points, row.missing_percent)
    score, raw = through_curve(item, worth, row.points)
    words = _("Nothing was handed in: %(percent)s %% of %(points)s points = %(score)s.")
    write_grade(
        actor=system("assessments.missing"),
        item=item,
        learner=enrolment.user,
        score=score,
        max_score=row.points,
        status=GradeStatus.MISSING,
        released=True,
        reason=words
        % {
            "percent": plain(row.missing_percent),
            "points": plain(row.points),
            "score": plain(worth),
        },
        origin=Origin(raw=raw),
    )
    return True
