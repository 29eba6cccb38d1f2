"""Who is in a course: enrol, leave, add, change role, remove. Counters move with the rows."""

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from courses.enums import (
    CourseRole,
    EnrolmentPolicy,
    EnrolmentSource,
    EnrolmentState,
    InvitationState,
)
from courses.events import LearnerEnrolled, LearnerLeft, MemberRemoved, RoleChanged
from courses.models import Course, Enrolment, Invitation
from courses.rules import MANAGE_COURSE, MANAGE_ENROLMENT, VIEW_COURSE, VIEW_ENROLMENT
from courses.services.editing import locked
from courses.services.progress import finish_where_done
from courses.services.stamp import renew_stamp
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict, Denied, Invalid, NotFound
from lms.kernel.events import publish
from lms.kernel.rules import require, require_write


@transaction.atomic
def enrol_learner(*, actor: Actor, course: Course, learner: User | None = None) -> Enrolment:
    """Enrol oneself in an open course, or a person in a course one manages; idempotent.

    Raises Conflict with code `not_open`, `ended`, `payment_required`, `removed` or `course_full`.
    """
    if learner is not None and learner.pk != actor.user_id:
        return add_member(actor=actor, course=course, user=learner, role=CourseRole.LEARNER)
    require(actor, VIEW_COURSE, course)
    require_write(actor)
    course = locked(course)
    _require_open(course)
    return admit(actor=actor, course=course, user_id=_own_id(actor), source=EnrolmentSource.SELF)


@transaction.atomic
def join_by_link(*, actor: Actor, course: Course, code: str) -> Enrolment:
    """Enrol oneself with the code of the join link, whatever the enrolment policy.

    Raises NotFound for a wrong or switched-off code, Conflict as `enrol_learner`.
    """
    require_write(actor)
    course = locked(course)
    if not (course.join_link_on and course.join_code == code and course.is_live):
        raise NotFound
    _require_running(course)
    return admit(
        actor=actor, course=course, user_id=_own_id(actor), source=EnrolmentSource.JOIN_LINK
    )


@transaction.atomic
def add_member(
    *,
    actor: Actor,
    course: Course,
    user: User,
    role: str = CourseRole.LEARNER,
) -> Enrolment:
    """Put a person into a course one manages, or bring back somebody who left.

    An active member keeps the role they have. Raises Conflict `course_full`, Invalid for `role`.
    """
    require(actor, MANAGE_COURSE, course)
    role = _role(role)
    course = locked(course)
    if not user.is_active:
        raise Invalid(_("This account is closed."), field="user")
    return admit(
        actor=actor,
        course=course,
        user_id=user.pk,
        source=EnrolmentSource.STAFF,
        role=role,
        forgive=True,
    )


@transaction.atomic
def leave_course(*, actor: Actor, course: Course) -> Enrolment:
    """Leave a course by oneself; progress is kept for a return.

    Raises NotFound for somebody who is no member, Conflict `last_instructor`.
    """
    require(actor, VIEW_COURSE, course)
    require_write(actor)
    course = locked(course)
    enrolment = _locked_member(course, _own_id(actor))
    _keep_an_instructor(enrolment)
    _count(course, enrolment.role, -1)
    enrolment.state = EnrolmentState.LEFT
    enrolment.save(update_fields=["state"])
    told = LearnerLeft(course_id=course.pk, enrolment_id=enrolment.pk, learner_id=enrolment.user_id)
    publish(told, actor=actor)
    return enrolment


@transaction.atomic
def change_role(*, actor: Actor, enrolment: Enrolment, role: str) -> Enrolment:
    """Give an active member another role.

    Raises Conflict `not_active`, `last_instructor` or `course_full`, Invalid for `role`.
    """
    require(actor, MANAGE_ENROLMENT, enrolment)
    role = _role(role)
    course = locked(enrolment.course)
    enrolment = lock(Enrolment.objects.filter(pk=enrolment.pk)).get()
    if enrolment.state != EnrolmentState.ACTIVE:
        raise Conflict(_("This person is no longer in the course."), code="not_active")
    before = enrolment.role
    if before == role:
        return enrolment
    _keep_an_instructor(enrolment)
    _require_place(course, role)
    _count(course, before, -1)
    _count(course, role, +1)
    enrolment.role = role
    enrolment.save(update_fields=["role"])
    told = RoleChanged(
        course_id=course.pk,
        enrolment_id=enrolment.pk,
        member_id=enrolment.user_id,
        role_before=before,
        role_after=role,
    )
    publish(told, actor=actor)
    finish_where_done(actor=actor, enrolment=enrolment)
    return enrolment


@transaction.atomic
def remove_member(*, actor: Actor, enrolment: Enrolment) -> Enrolment:
    """Remove a member; they cannot enrol again by themselves. Idempotent.

    Invitations sent before end with it; one sent later brings them back.

    Raises Conflict `last_instructor`.
    """
    require(actor, MANAGE_ENROLMENT, enrolment)
    course = locked(enrolment.course)
    enrolment = lock(Enrolment.objects.filter(pk=enrolment.pk)).get()
    if enrolment.state != EnrolmentState.ACTIVE:
        return enrolment
    _keep_an_instructor(enrolment)
    _count(course, enrolment.role, -1)
    enrolment.state = EnrolmentState.REMOVED
    enrolment.save(update_fields=["state"])
    Invitation.objects.filter(
        course=course, email=enrolment.user.email.lower(), state=InvitationState.SENT
    ).update(state=InvitationState.REVOKED)
    told = MemberRemoved(
        course_id=course.pk, enrolment_id=enrolment.pk, member_id=enrolment.user_id
    )
    publish(told, actor=actor)
    return enrolment


def withdraw(*, actor: Actor, enrolment: Enrolment) -> Enrolment:
    """End an enrolment from its address: one's own by leaving, another's by removing."""
    require(actor, VIEW_ENROLMENT, enrolment)
    if enrolment.user_id == actor.user_id:
        return leave_course(actor=actor, course=enrolment.course)
    return remove_member(actor=actor, enrolment=enrolment)


def admit(
    *,
    actor: Actor,
    course: Course,
    user_id: int,
    source: EnrolmentSource,
    role: str = CourseRole.LEARNER,
    forgive: bool = False,
) -> Enrolment:
    """Write the row, move the counter and tell; the caller holds the course's lock and checked.

    `forgive` lets a removed person back in. An active member stays as they are.
    Raises Conflict `removed` or `course_full`.
    """
    known = lock(Enrolment.objects.filter(course=course, user_id=user_id)).first()
    if known is not None and known.state == EnrolmentState.ACTIVE:
        return known
    if known is not None and known.state == EnrolmentState.REMOVED and not forgive:
        raise Conflict(_("You were removed from this course. Ask its instructors."), code="removed")
    _require_place(course, role)
    enrolment = known or Enrolment(course=course, user_id=user_id, created_at=clock.now())
    enrolment.role, enrolment.state, enrolment.source = role, EnrolmentState.ACTIVE, source
    enrolment.save()
    _count(course, role, +1)
    told = LearnerEnrolled(
        course_id=course.pk,
        enrolment_id=enrolment.pk,
        learner_id=user_id,
        role=str(role),
        source=str(source),
    )
    publish(told, actor=actor)
    finish_where_done(actor=actor, enrolment=enrolment)
    return enrolment


def _own_id(actor: Actor) -> int:
    if actor.user_id is None:
        raise Denied(_("Only a person can be in a course."))
    return actor.user_id


def _role(role: str) -> CourseRole:
    if role not in CourseRole.values:
        raise Invalid(_("There is no such role."), field="role")
    return CourseRole(role)


def _require_open(course: Course) -> None:
    if not course.is_live or course.enrolment_policy != EnrolmentPolicy.OPEN:
        raise Conflict(_("This course takes people by invitation."), code="not_open")
    if course.price_minor:
        raise Conflict(_("This course has a price."), code="payment_required")
    _require_running(course)


def _require_running(course: Course) -> None:
    if course.ends_at is not None and course.ends_at <= clock.now():
        raise Conflict(_("This course has ended."), code="ended")


def _require_place(course: Course, role: str) -> None:
    if role == CourseRole.LEARNER and course.is_full:
        raise Conflict(_("Every place in this course is taken."), code="course_full")


def _count(course: Course, role: str, change: int) -> None:
    """Move the counter of learners on the locked course; lists show it, and who is in it."""
    renew_stamp()
    if role != CourseRole.LEARNER:
        return
    Course.objects.filter(pk=course.pk).update(learner_count=F("learner_count") + change)
    course.learner_count += change


def _locked_member(course: Course, user_id: int) -> Enrolment:
    rows = Enrolment.objects.filter(course=course, user_id=user_id, state=EnrolmentState.ACTIVE)
    found = lock(rows).first()
    if found is None:
        raise NotFound
    return found


def _keep_an_instructor(enrolment: Enrolment) -> None:
    """Refuse to take the last instructor from a course; its lock is held."""
    if enrolment.role != CourseRole.INSTRUCTOR:
        return
    others = Enrolment.objects.filter(
        course_id=enrolment.course_id, role=CourseRole.INSTRUCTOR, state=EnrolmentState.ACTIVE
    ).exclude(pk=enrolment.pk)
    if not others.exists():
        raise Conflict(
            _("A course needs an instructor. Name another one first."), code="last_instructor"
        )
