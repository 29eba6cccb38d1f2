"""Groups of learners, and who is in them."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F, QuerySet

from accounts.models import User
from courses.enums import CourseRole, EnrolmentState
from courses.models import Course, LearnerGroup, LearnerGroupMember
from courses.rules import STAFF_COURSE, VIEW_GROUP
from lms.kernel.actors import Actor
from lms.kernel.errors import Invalid
from lms.kernel.rules import fetch, require


def groups(actor: Actor, *, course: Course | None = None) -> QuerySet[LearnerGroup]:
    """Groups the actor may see, by name; of one course when given."""
    rows = VIEW_GROUP.rows(actor).select_related("course")
    if course is not None:
        rows = rows.filter(course=course)
    return rows.order_by("name", "pk")


def group(actor: Actor, public_id: str, *, course: Course | None = None) -> LearnerGroup:
    """One group, inside its course when one is given (Z3); raises what `fetch` raises."""
    inside: dict[str, Any] = {} if course is None else {"course": course}
    return fetch(actor, VIEW_GROUP, select=("course",), public_id=public_id, **inside)


def group_ids(*, course_id: int, learner_id: int | None) -> frozenset[int]:
    """Keys of the groups of a course that a learner is in; for services and date rules."""
    rows = LearnerGroupMember.objects.filter(group__course_id=course_id, learner_id=learner_id)
    return frozenset(rows.values_list("group_id", flat=True))


def member_ids(group_row: LearnerGroup) -> frozenset[int]:
    """Keys of the active learners in a group."""
    return frozenset(members(group_row).values_list("pk", flat=True))


def members(group_row: LearnerGroup) -> QuerySet[User]:
    """The active learners in a group, by name; the caller has checked who asks."""
    return learners_of(group_row.course_id).filter(group_memberships__group=group_row)


def learners_of(course_id: int) -> QuerySet[User]:
    """The active learners of a course, by name; the caller has checked who asks."""
    return User.objects.filter(
        enrolments__course_id=course_id,
        enrolments__state=EnrolmentState.ACTIVE,
        enrolments__role=CourseRole.LEARNER,
    ).order_by("name", "pk")


def names_in(rows: Iterable[LearnerGroup]) -> dict[int, list[User]]:
    """The active learners of several groups by the group's key; one query."""
    found: dict[int, list[User]] = {row.pk: [] for row in rows}
    memberships = (
        LearnerGroupMember.objects.filter(
            group_id__in=found,
            learner__enrolments__course_id=F("group__course_id"),
            learner__enrolments__state=EnrolmentState.ACTIVE,
            learner__enrolments__role=CourseRole.LEARNER,
        )
        .select_related("learner")
        .order_by("learner__name", "pk")
    )
    for membership in memberships:
        found[membership.group_id].append(membership.learner)
    return found


def learners_by_id(actor: Actor, course: Course, public_ids: Iterable[str]) -> list[User]:
    """Active learners of a course one staffs, by their public ids.

    Raises Invalid for `learners` when one is not there, and what `require` raises.
    """
    require(actor, STAFF_COURSE, course)
    wanted = set(public_ids)
    found = list(learners_of(course.pk).filter(public_id__in=wanted))
    if len(found) < len(wanted):
        raise Invalid("Somebody in the list does not learn in this course.", field="learners")
    return found
