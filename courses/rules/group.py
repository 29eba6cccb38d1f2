"""Who may see and change groups of learners."""

from django.db.models import Q, QuerySet

from courses.enums import EnrolmentState
from courses.models import LearnerGroup
from courses.rules.course import (
    manage_course_rows,
    may_manage_course,
    may_open_course,
    may_staff_course,
    open_course_rows,
    staff_course_rows,
)
from lms.kernel.actors import Actor
from lms.kernel.rules import Rule

# Staff see every group of their course, learners the ones they are in.


def may_view_group(actor: Actor, group: LearnerGroup) -> bool:
    if may_staff_course(actor, group.course):
        return True
    if actor.user_id is None or not may_open_course(actor, group.course):
        return False
    return _own(actor).filter(pk=group.pk).exists()


def view_group_rows(actor: Actor) -> QuerySet[LearnerGroup]:
    staffed = Q(course__in=staff_course_rows(actor).values("pk"))
    opened = Q(course__in=open_course_rows(actor).values("pk"))
    return LearnerGroup.objects.filter(staffed | (opened & Q(pk__in=_own(actor).values("pk"))))


def may_edit_group(actor: Actor, group: LearnerGroup) -> bool:
    return may_manage_course(actor, group.course)


def edit_group_rows(actor: Actor) -> QuerySet[LearnerGroup]:
    return LearnerGroup.objects.filter(course__in=manage_course_rows(actor).values("pk"))


def _own(actor: Actor) -> QuerySet[LearnerGroup]:
    """Groups the actor is in, of courses the actor is still enrolled in."""
    if actor.user_id is None:
        return LearnerGroup.objects.none()
    return LearnerGroup.objects.filter(
        memberships__learner_id=actor.user_id,
        course__enrolments__user_id=actor.user_id,
        course__enrolments__state=EnrolmentState.ACTIVE,
    )


VIEW_GROUP = Rule("courses.group.view", may=may_view_group, rows=view_group_rows)
EDIT_GROUP = Rule(
    "courses.group.edit",
    may=may_edit_group,
    rows=edit_group_rows,
    writes=True,
    visible=VIEW_GROUP,
)
