"""Enrolments for lists, scoped to the asker; progress rows of one enrolment."""

from django.db.models import Q, QuerySet

from accounts.models import User
from courses.enums import CourseRole, EnrolmentState
from courses.models import Course, Enrolment, Invitation, LessonProgress
from courses.rules import STAFF_COURSE, VIEW_ENROLMENT, VIEW_INVITATION
from lms.kernel.actors import Actor
from lms.kernel.errors import Invalid
from lms.kernel.rules import require

MAX_WORDS = 5


def own_enrolments(actor: Actor) -> QuerySet[Enrolment]:
    """The actor's enrolments in courses that still exist, newest first."""
    rows = Enrolment.objects.filter(user_id=actor.user_id or 0, course__deleted_at=None)
    return _joined(rows).order_by("-created_at", "-pk")


def course_enrolments(
    actor: Actor, course: Course, *, search: str = "", role: str = "", state: str = ""
) -> QuerySet[Enrolment]:
    """The enrolments of a course for its staff, by name; others find their own (Z1).

    Raises what `require` raises, Invalid for an unknown `role` or `state`.
    """
    if role and role not in CourseRole.values:
        raise Invalid("There is no such role.", field="role")
    if state and state not in EnrolmentState.values:
        raise Invalid("There is no such state.", field="state")
    require(actor, STAFF_COURSE, course)
    rows = Enrolment.objects.filter(course=course, state=state or EnrolmentState.ACTIVE)
    if role:
        rows = rows.filter(role=role)
    for word in search.split()[:MAX_WORDS]:
        rows = rows.filter(Q(user__name__icontains=word) | Q(user__email__icontains=word))
    return _joined(rows).order_by("user__name", "pk")


def visible_enrolments(actor: Actor) -> QuerySet[Enrolment]:
    """Every enrolment the actor may see, for looking one up."""
    return _joined(VIEW_ENROLMENT.rows(actor))


def course_invitations(actor: Actor, course: Course | None) -> QuerySet[Invitation]:
    """Invitations of courses the actor manages, newest first."""
    rows = VIEW_INVITATION.rows(actor).select_related("course")
    if course is not None:
        rows = rows.filter(course=course)
    return rows.order_by("-created_at", "-pk")


def progress_of(enrolment: Enrolment) -> QuerySet[LessonProgress]:
    """The lessons somebody began, in the order of the outline; the caller has checked who asks."""
    rows = LessonProgress.objects.filter(
        enrolment=enrolment, lesson__deleted_at=None, lesson__section__deleted_at=None
    )
    return rows.select_related("lesson").order_by(
        "lesson__section__ordinal", "lesson__ordinal", "lesson_id"
    )


def account_by_id(public_id: str) -> User:
    """An active account to be added to a course; raises Invalid for `user`."""
    found = User.objects.filter(public_id=public_id, is_active=True).first()
    if found is None:
        raise Invalid("There is no such person.", field="user")
    return found


def _joined(rows: QuerySet[Enrolment]) -> QuerySet[Enrolment]:
    return rows.select_related("course", "user", "resume_lesson")
