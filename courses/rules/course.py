"""Who may do what with courses and lessons: predicates and their queryset twins, side by side.

Admins pass everything. An actor in preview of a course counts as a learner of it. Deleted courses
are visible to their instructors alone (for undo).
"""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from courses.enums import STAFF_ROLES, CourseRole, CourseState, EnrolmentState
from courses.models import Course, Enrolment
from courses.models.roles import remembered_role
from lms.kernel.actors import Actor
from lms.kernel.db.worded import Worded
from lms.kernel.rules import Rule

EVERY_ROLE = tuple(CourseRole.values)
TEACHING = (CourseRole.INSTRUCTOR,)


def role_in(actor: Actor, course_id: int | None) -> CourseRole | None:
    """The actor's active role in a course; learner while its staff preview it; None outside."""
    user_id = actor.user_id
    if user_id is None or course_id is None:
        return None
    found = stored_role(user_id, course_id)
    if actor.preview_course_id == course_id:
        staff = actor.is_admin or found in STAFF_ROLES
        return CourseRole.LEARNER if staff else None
    return CourseRole(found) if found else None


def stored_role(user_id: int, course_id: int) -> str | None:
    """The role of somebody's active enrolment, asked once where roles are remembered."""
    return remembered_role(user_id, course_id, lambda: _stored_role(user_id, course_id))


def _stored_role(user_id: int, course_id: int) -> str | None:
    found = _ROLE.rows(user_id, course_id)
    return found[0][0] if found else None


_ROLE = Worded(
    lambda user, course: (
        Enrolment.objects.filter(user_id=user, course_id=course, state=EnrolmentState.ACTIVE)
        .order_by("pk")
        .values_list("role")[:1]
    )
)


def course_ids(actor: Actor, roles: Iterable[str] = EVERY_ROLE) -> QuerySet[Enrolment, int]:
    """Ids of courses where the actor is active in one of the roles, as a subquery.

    The course being previewed is left out; `_previewed` speaks of it.
    """
    rows = _memberships(actor, roles)
    if actor.preview_course_id is not None:
        rows = rows.exclude(course_id=actor.preview_course_id)
    return rows.values_list("course_id", flat=True)


def _memberships(actor: Actor, roles: Iterable[str]) -> QuerySet[Enrolment]:
    if actor.user_id is None:
        return Enrolment.objects.none()
    return Enrolment.objects.filter(
        user_id=actor.user_id, state=EnrolmentState.ACTIVE, role__in=set(roles)
    )


def _previewed(actor: Actor) -> Q:
    """The course being previewed, as long as the actor is still its staff."""
    here = Q(pk=actor.preview_course_id, deleted_at=None)
    if actor.is_admin:
        return here
    return here & Q(pk__in=_memberships(actor, STAFF_ROLES).values("course_id"))


def _all_powerful(actor: Actor, course_id: int) -> bool:
    return actor.is_admin and actor.preview_course_id != course_id


def _powerful_rows(actor: Actor) -> QuerySet[Course] | None:
    if not actor.is_admin:
        return None
    if actor.preview_course_id is None:
        return Course.objects.all()
    return Course.objects.exclude(pk=actor.preview_course_id)


LIVE = Q(state=CourseState.PUBLISHED, deleted_at=None)
READABLE = Q(state__in=[CourseState.PUBLISHED, CourseState.ARCHIVED], deleted_at=None)


# Seeing that a course exists: the public when it is live, its members, its staff in any state.


def may_view_course(actor: Actor, course: Course) -> bool:
    if course.is_live or _all_powerful(actor, course.pk):
        return True
    return may_open_course(actor, course)


def view_course_rows(actor: Actor) -> QuerySet[Course]:
    powerful = _powerful_rows(actor)
    opened = open_course_rows(actor)
    if powerful is not None:
        return Course.objects.filter(
            LIVE | Q(pk__in=powerful.values("pk")) | Q(pk__in=opened.values("pk"))
        )
    return Course.objects.filter(LIVE | Q(pk__in=opened.values("pk")))


# Reading its content: active members; learners and observers once it was published.


def may_open_course(actor: Actor, course: Course) -> bool:
    if _all_powerful(actor, course.pk):
        return True
    role = role_in(actor, course.pk)
    if role is None:
        return False
    if role == CourseRole.INSTRUCTOR:
        return True
    if role == CourseRole.ASSISTANT:
        return course.deleted_at is None
    if actor.preview_course_id == course.pk:
        return course.deleted_at is None
    return course.deleted_at is None and course.state != CourseState.DRAFT


def open_course_rows(actor: Actor) -> QuerySet[Course]:
    powerful = _powerful_rows(actor)
    members = (
        Q(pk__in=course_ids(actor, TEACHING))
        | Q(pk__in=course_ids(actor, [CourseRole.ASSISTANT]), deleted_at=None)
        | (Q(pk__in=course_ids(actor, [CourseRole.LEARNER, CourseRole.OBSERVER])) & READABLE)
    )
    if actor.preview_course_id is not None:
        members |= _previewed(actor)
    if powerful is not None:
        members |= Q(pk__in=powerful.values("pk"))
    return Course.objects.filter(members)


# Learning in it: active learners (what they write are their own rows).


def may_learn_course(actor: Actor, course: Course) -> bool:
    if role_in(actor, course.pk) != CourseRole.LEARNER or course.deleted_at is not None:
        return False
    return course.state != CourseState.DRAFT or actor.preview_course_id == course.pk


def learn_course_rows(actor: Actor) -> QuerySet[Course]:
    members = Q(pk__in=course_ids(actor, [CourseRole.LEARNER])) & READABLE
    if actor.preview_course_id is not None:
        members |= _previewed(actor)
    return Course.objects.filter(members)


# Talking in it: every active member but observers, who write nothing.


def may_talk_in_course(actor: Actor, course: Course) -> bool:
    if not may_open_course(actor, course):
        return False
    return role_in(actor, course.pk) != CourseRole.OBSERVER


def talk_in_course_rows(actor: Actor) -> QuerySet[Course]:
    watched = course_ids(actor, [CourseRole.OBSERVER])
    return open_course_rows(actor).exclude(pk__in=watched)


# Assisting: read all, grade, moderate, review drafts.


def may_staff_course(actor: Actor, course: Course) -> bool:
    if _all_powerful(actor, course.pk):
        return True
    role = role_in(actor, course.pk)
    if role == CourseRole.INSTRUCTOR:
        return True
    return role == CourseRole.ASSISTANT and course.deleted_at is None


def staff_course_rows(actor: Actor) -> QuerySet[Course]:
    powerful = _powerful_rows(actor)
    members = Q(pk__in=course_ids(actor, TEACHING)) | Q(
        pk__in=course_ids(actor, [CourseRole.ASSISTANT]), deleted_at=None
    )
    if powerful is not None:
        members |= Q(pk__in=powerful.values("pk"))
    return Course.objects.filter(members)


# Managing: content, publishing, people, settings.


def may_manage_course(actor: Actor, course: Course) -> bool:
    return _all_powerful(actor, course.pk) or role_in(actor, course.pk) == CourseRole.INSTRUCTOR


def manage_course_rows(actor: Actor) -> QuerySet[Course]:
    powerful = _powerful_rows(actor)
    members = Q(pk__in=course_ids(actor, TEACHING))
    if powerful is not None:
        members |= Q(pk__in=powerful.values("pk"))
    return Course.objects.filter(members)


# Class totals without names: staff and observers.


def may_see_totals(actor: Actor, course: Course) -> bool:
    if may_staff_course(actor, course):
        return True
    return role_in(actor, course.pk) == CourseRole.OBSERVER and may_open_course(actor, course)


def totals_rows(actor: Actor) -> QuerySet[Course]:
    watched = Q(pk__in=course_ids(actor, [CourseRole.OBSERVER])) & READABLE
    return Course.objects.filter(watched | Q(pk__in=staff_course_rows(actor).values("pk")))


VIEW_COURSE = Rule(
    "courses.course.view",
    may=may_view_course,
    rows=view_course_rows,
    public=True,
    direct=Course,
)
OPEN_COURSE = Rule(
    "courses.course.open", may=may_open_course, rows=open_course_rows, visible=VIEW_COURSE
)
LEARN_COURSE = Rule(
    "courses.course.learn",
    may=may_learn_course,
    rows=learn_course_rows,
    writes=True,
    visible=VIEW_COURSE,
)
TALK_COURSE = Rule(
    "courses.course.talk",
    may=may_talk_in_course,
    rows=talk_in_course_rows,
    writes=True,
    visible=VIEW_COURSE,
)
STAFF_COURSE = Rule(
    "courses.course.staff", may=may_staff_course, rows=staff_course_rows, visible=VIEW_COURSE
)
ASSIST_COURSE = Rule(
    "courses.course.assist",
    may=may_staff_course,
    rows=staff_course_rows,
    writes=True,
    visible=VIEW_COURSE,
)
MANAGE_COURSE = Rule(
    "courses.course.manage",
    may=may_manage_course,
    rows=manage_course_rows,
    writes=True,
    visible=VIEW_COURSE,
)
TOTALS_COURSE = Rule(
    "courses.course.totals", may=may_see_totals, rows=totals_rows, visible=VIEW_COURSE
)
