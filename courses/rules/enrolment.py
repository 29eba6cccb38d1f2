"""Who may do what with members and invitations."""

from django.db.models import Q, QuerySet

from courses.models import Enrolment, Invitation
from courses.rules.course import (
    manage_course_rows,
    may_manage_course,
    may_staff_course,
    staff_course_rows,
)
from lms.kernel.actors import Actor
from lms.kernel.rules import Rule

# Enrolments: one's own, and those of courses one staffs (an observer sees nobody).


def may_view_enrolment(actor: Actor, enrolment: Enrolment) -> bool:
    own = actor.user_id is not None and enrolment.user_id == actor.user_id
    return own or may_staff_course(actor, enrolment.course)


def view_enrolment_rows(actor: Actor) -> QuerySet[Enrolment]:
    staffed = Q(course__in=staff_course_rows(actor).values("pk"))
    own = Q(user_id=actor.user_id) if actor.user_id is not None else Q(pk__in=[])
    return Enrolment.objects.filter(staffed | own)


def may_manage_enrolment(actor: Actor, enrolment: Enrolment) -> bool:
    return may_manage_course(actor, enrolment.course)


def manage_enrolment_rows(actor: Actor) -> QuerySet[Enrolment]:
    return Enrolment.objects.filter(course__in=manage_course_rows(actor).values("pk"))


VIEW_ENROLMENT = Rule("courses.enrolment.view", may=may_view_enrolment, rows=view_enrolment_rows)
MANAGE_ENROLMENT = Rule(
    "courses.enrolment.manage",
    may=may_manage_enrolment,
    rows=manage_enrolment_rows,
    writes=True,
    visible=VIEW_ENROLMENT,
)


# Invitations: those who manage the course (the person asked comes by the link's token).


def may_view_invitation(actor: Actor, invitation: Invitation) -> bool:
    return may_manage_course(actor, invitation.course)


def view_invitation_rows(actor: Actor) -> QuerySet[Invitation]:
    return Invitation.objects.filter(course__in=manage_course_rows(actor).values("pk"))


VIEW_INVITATION = Rule(
    "courses.invitation.view", may=may_view_invitation, rows=view_invitation_rows
)
MANAGE_INVITATION = Rule(
    "courses.invitation.manage",
    may=may_view_invitation,
    rows=view_invitation_rows,
    writes=True,
    visible=VIEW_INVITATION,
)
