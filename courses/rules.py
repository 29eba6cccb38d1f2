"""Who may do what with courses and lessons: predicates and their queryset twins, side by side.

Admins pass everything. An actor in preview of a course counts as a learner of it. Deleted courses
are visible to their instructors alone (for undo).
"""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from courses.enums import STAFF_ROLES, CourseRole, CourseState, EnrolmentState
from courses.models import Attachment, Course, Enrolment, Invitation, Lesson, Section
from lms.kernel.actors import Actor
from lms.kernel.rules import Rule

EVERY_ROLE = tuple(CourseRole.values)
TEACHING = (CourseRole.INSTRUCTOR,)


def role_in(actor: Actor, course_id: int) -> CourseRole | None:
    """The actor's active role in a course; learner while its staff preview it; None outside."""
    if actor.user_id is None:
        return None
    found = (
        Enrolment.objects.filter(
            user_id=actor.user_id, course_id=course_id, state=EnrolmentState.ACTIVE
        )
        .values_list("role", flat=True)
        .first()
    )
    if actor.preview_course_id == course_id:
        staff = actor.is_admin or found in STAFF_ROLES
        return CourseRole.LEARNER if staff else None
    return CourseRole(found) if found else None


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


VIEW_COURSE = Rule("courses.course.view", may=may_view_course, rows=view_course_rows, public=True)
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


# Lessons: staff see all of theirs; members the published ones; everybody free previews of live
# courses.


def may_view_lesson(actor: Actor, lesson: Lesson) -> bool:
    if lesson.deleted_at is not None or lesson.section.deleted_at is not None:
        return may_manage_course(actor, lesson.course)
    if may_staff_course(actor, lesson.course):
        return True
    if not lesson.published:
        return False
    free = lesson.free_preview and lesson.course.is_live
    return free or may_open_course(actor, lesson.course)


def view_lesson_rows(actor: Actor) -> QuerySet[Lesson]:
    here = Q(deleted_at=None, section__deleted_at=None)
    live = Q(course__state=CourseState.PUBLISHED, course__deleted_at=None)
    opened = Q(course__in=open_course_rows(actor).values("pk"))
    staffed = Q(course__in=staff_course_rows(actor).values("pk"))
    managed = Q(course__in=manage_course_rows(actor).values("pk"))
    seen = Q(published=True) & (opened | (Q(free_preview=True) & live))
    return Lesson.objects.filter((here & (seen | staffed)) | managed)


def may_edit_lesson(actor: Actor, lesson: Lesson) -> bool:
    return may_manage_course(actor, lesson.course)


def edit_lesson_rows(actor: Actor) -> QuerySet[Lesson]:
    return Lesson.objects.filter(course__in=manage_course_rows(actor).values("pk"))


VIEW_LESSON = Rule("courses.lesson.view", may=may_view_lesson, rows=view_lesson_rows, public=True)
EDIT_LESSON = Rule(
    "courses.lesson.edit",
    may=may_edit_lesson,
    rows=edit_lesson_rows,
    writes=True,
    visible=VIEW_LESSON,
)


# Sections: titles of a visible outline; managing them.


def may_view_section(actor: Actor, section: Section) -> bool:
    if section.deleted_at is not None:
        return may_manage_course(actor, section.course)
    return may_view_course(actor, section.course)


def view_section_rows(actor: Actor) -> QuerySet[Section]:
    seen = Q(deleted_at=None, course__in=view_course_rows(actor).values("pk"))
    return Section.objects.filter(seen | Q(course__in=manage_course_rows(actor).values("pk")))


def may_edit_section(actor: Actor, section: Section) -> bool:
    return may_manage_course(actor, section.course)


def edit_section_rows(actor: Actor) -> QuerySet[Section]:
    return Section.objects.filter(course__in=manage_course_rows(actor).values("pk"))


VIEW_SECTION = Rule(
    "courses.section.view", may=may_view_section, rows=view_section_rows, public=True
)
EDIT_SECTION = Rule(
    "courses.section.edit",
    may=may_edit_section,
    rows=edit_section_rows,
    writes=True,
    visible=VIEW_SECTION,
)


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


# Attachments: whoever sees the lesson; those of the course itself, whoever reads the course.


def may_view_attachment(actor: Actor, attachment: Attachment) -> bool:
    if attachment.lesson is not None:
        return may_view_lesson(actor, attachment.lesson)
    return may_open_course(actor, attachment.course)


def view_attachment_rows(actor: Actor) -> QuerySet[Attachment]:
    lessons = Q(lesson__in=view_lesson_rows(actor).order_by().values("pk"))
    courses = Q(lesson=None, course__in=open_course_rows(actor).values("pk"))
    return Attachment.objects.filter(lessons | courses)


def may_edit_attachment(actor: Actor, attachment: Attachment) -> bool:
    return may_manage_course(actor, attachment.course)


def edit_attachment_rows(actor: Actor) -> QuerySet[Attachment]:
    return Attachment.objects.filter(course__in=manage_course_rows(actor).values("pk"))


VIEW_ATTACHMENT = Rule(
    "courses.attachment.view", may=may_view_attachment, rows=view_attachment_rows, public=True
)
EDIT_ATTACHMENT = Rule(
    "courses.attachment.edit",
    may=may_edit_attachment,
    rows=edit_attachment_rows,
    writes=True,
    visible=VIEW_ATTACHMENT,
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
