"""Counters compared with the rows they count, and old invitations forgotten."""

from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from courses.enums import CourseRole, EnrolmentState, InvitationState, ProgressState
from courses.models import Course, Enrolment, Invitation, Lesson, LessonProgress
from courses.services.editing import locked
from courses.services.progress import recount_course
from courses.services.stamp import renew_stamp
from lms.kernel import actors, clock

KEEP_INVITATIONS: Final = timedelta(days=90)
_LIVE: Final = {"published": True, "deleted_at": None, "section__deleted_at": None}


def reconcile() -> int:
    """Set right every counter that disagrees with its rows; returns how many courses had one.

    Services keep the counters in the transaction of the change, so that the answer is 0 (D6);
    erasing an account takes its enrolments away without them.
    """
    wrong = _courses_with_wrong_counters()
    for course_id in wrong:
        _recount(course_id)
    return len(wrong)


def forget_old_invitations() -> int:
    """Delete invitations that ended more than 90 days ago (V3); returns how many."""
    before = clock.now() - KEEP_INVITATIONS
    ended = Invitation.objects.filter(expires_at__lt=before)
    done = Invitation.objects.filter(created_at__lt=before).exclude(state=InvitationState.SENT)
    count, _kinds = (ended | done).delete()
    return count


def _courses_with_wrong_counters() -> list[int]:
    learners = _per_course(
        Enrolment.objects.filter(role=CourseRole.LEARNER, state=EnrolmentState.ACTIVE), Count("pk")
    )
    lessons = _per_course(Lesson.objects.filter(**_LIVE), Count("pk"))
    minutes = _per_course(Lesson.objects.filter(**_LIVE), Sum("minutes"))
    outer = (
        Course.objects.alias(true_learners=learners, true_lessons=lessons, true_minutes=minutes)
        .exclude(
            learner_count=F("true_learners"),
            lesson_count=F("true_lessons"),
            minutes=F("true_minutes"),
        )
        .values_list("pk", flat=True)
    )
    done = (
        LessonProgress.objects.filter(
            enrolment=OuterRef("pk"),
            state=ProgressState.COMPLETED,
            **{f"lesson__{name}": value for name, value in _LIVE.items()},
        )
        .order_by()
        .values("enrolment")
        .annotate(many=Count("pk"))
        .values("many")
    )
    inner = (
        Enrolment.objects.alias(done=Coalesce(Subquery(done, output_field=IntegerField()), 0))
        .exclude(completed_lessons=F("done"))
        .values_list("course_id", flat=True)
        .distinct()
    )
    return sorted({*outer, *inner})


def _per_course(rows: QuerySet[Any], what: Count | Sum) -> Coalesce:
    many = (
        rows.filter(course=OuterRef("pk"))
        .order_by()
        .values("course")
        .annotate(many=what)
        .values("many")
    )
    return Coalesce(Subquery(many, output_field=IntegerField()), 0)


@transaction.atomic
def _recount(course_id: int) -> None:
    course = locked(Course(pk=course_id))
    learners = Enrolment.objects.filter(
        course=course, role=CourseRole.LEARNER, state=EnrolmentState.ACTIVE
    ).count()
    Course.objects.filter(pk=course_id).update(learner_count=learners)
    recount_course(actor=actors.system("courses.reconcile"), course=course)
    renew_stamp()
