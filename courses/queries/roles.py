"""Course roles for lists: whose courses, which learners."""

from django.db.models import QuerySet

from accounts.models import User
from courses.enums import CourseRole, EnrolmentState
from courses.models import Course, Enrolment
from courses.rules import (
    STAFF_COURSE,
    course_ids,
    may_staff_course,
    role_in,
    staff_course_rows,
)
from lms.kernel.actors import Actor
from lms.kernel.rules import require

__all__ = [
    "active_members",
    "learners_of",
    "may_staff_course",
    "member_course_ids",
    "role_in",
    "staff_course_ids",
]


def staff_course_ids(actor: Actor) -> QuerySet[Course, int]:
    """Ids of the courses the actor assists or instructs (all of them for admins)."""
    return staff_course_rows(actor).values_list("pk", flat=True)


def member_course_ids(actor: Actor) -> QuerySet[Enrolment, int]:
    """Ids of the courses the actor is an active member of, in any role."""
    return course_ids(actor)


def active_members(course: Course) -> QuerySet[Enrolment]:
    """Active enrolments of a course; for services that have already checked their rule."""
    return Enrolment.objects.filter(course=course, state=EnrolmentState.ACTIVE)


def learners_of(actor: Actor, course: Course) -> QuerySet[User]:
    """Active learners of a course for its staff. Raises what `require` raises."""
    require(actor, STAFF_COURSE, course)
    rows = active_members(course).filter(role=CourseRole.LEARNER)
    return User.objects.filter(pk__in=rows.values("user_id"))
