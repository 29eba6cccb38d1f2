"""Sections, lessons and versions for lists and forms, scoped to the asker."""

from django.db.models import QuerySet

from courses.enums import VersionState
from courses.models import Attachment, Block, Course, Lesson, LessonVersion, Section
from courses.rules import EDIT_LESSON, VIEW_ATTACHMENT, VIEW_LESSON, VIEW_SECTION
from lms.kernel.actors import Actor
from lms.kernel.errors import NotFound
from lms.kernel.rules import require


def sections_of(actor: Actor, course: Course | None = None) -> QuerySet[Section]:
    """Sections the actor may see, in order; deleted ones are left to `restore`."""
    rows = VIEW_SECTION.rows(actor).filter(deleted_at=None).select_related("course")
    if course is not None:
        rows = rows.filter(course=course)
    return rows.order_by("course_id", "ordinal", "pk")


def lessons_of(
    actor: Actor, *, course: Course | None = None, section: Section | None = None
) -> QuerySet[Lesson]:
    """Lessons the actor may read, in order; deleted ones are left to `restore`."""
    rows = VIEW_LESSON.rows(actor).filter(deleted_at=None, section__deleted_at=None)
    if course is not None:
        rows = rows.filter(course=course)
    if section is not None:
        rows = rows.filter(section=section)
    return rows.select_related("course", "section").order_by(
        "course_id", "section__ordinal", "section_id", "ordinal", "pk"
    )


def published_version(lesson: Lesson) -> LessonVersion | None:
    """The version that learners see, or None; the caller has checked who may read."""
    return LessonVersion.objects.filter(lesson=lesson, state=VersionState.PUBLISHED).first()


def draft_of(actor: Actor, lesson: Lesson) -> LessonVersion:
    """The lesson's draft, for those who edit it. Raises what `require` raises, NotFound."""
    require(actor, EDIT_LESSON, lesson)
    found = LessonVersion.objects.filter(lesson=lesson, state=VersionState.DRAFT).first()
    if found is None:
        raise NotFound
    return found


def blocks_of(version: LessonVersion | None) -> QuerySet[Block]:
    """The blocks of a version in order; none without a version."""
    if version is None:
        return Block.objects.none()
    return Block.objects.filter(version=version).order_by("ordinal")


def attachments_of(
    actor: Actor, *, course: Course | None = None, lesson: Lesson | None = None
) -> QuerySet[Attachment]:
    """Files the actor may read, by name."""
    rows = VIEW_ATTACHMENT.rows(actor).select_related("course", "lesson")
    if course is not None:
        rows = rows.filter(course=course)
    if lesson is not None:
        rows = rows.filter(lesson=lesson)
    return rows.order_by("name", "pk")
