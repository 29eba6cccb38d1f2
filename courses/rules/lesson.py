"""Who may do what with sections, lessons and their files."""

from django.db.models import Q, QuerySet

from courses.enums import CourseState
from courses.models import Attachment, Lesson, Section
from courses.rules.course import (
    manage_course_rows,
    may_manage_course,
    may_open_course,
    may_staff_course,
    may_view_course,
    open_course_rows,
    staff_course_rows,
    view_course_rows,
)
from lms.kernel.actors import Actor
from lms.kernel.rules import Rule

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
