"""What can be found of courses and lessons, written when they change."""

from collections.abc import Iterator
from typing import Final

from django.db.models import QuerySet

from courses.enums import CourseState, VersionState
from courses.models import Course, Lesson, LessonVersion
from lms.kernel.search import (
    Document,
    index_document,
    register_indexer,
    remove_document,
    remove_documents,
)
from lms.kernel.text import plain_text

COURSE: Final = "course"
LESSON: Final = "lesson"


def index_course(course: Course) -> None:
    """Write what can be found of a course, or forget it while it is no longer listed."""
    if not course.is_live:
        remove_document(COURSE, course.pk)
        return
    found = _course_document(course)
    index_document(
        COURSE, found.object_id, found.course_id, found.language, found.title, found.body
    )


def index_lesson(lesson: Lesson) -> None:
    """Write what can be found of a published lesson, or forget it while it is hidden.

    Who finds it is the rule's affair.
    """
    gone = lesson.deleted_at is not None or lesson.section.deleted_at is not None
    if gone or not lesson.published:
        remove_document(LESSON, lesson.pk)
        return
    version = LessonVersion.objects.filter(lesson=lesson, state=VersionState.PUBLISHED).first()
    body = plain_text(version.markdown) if version else ""
    index_document(LESSON, lesson.pk, lesson.course_id, lesson.course.language, lesson.title, body)


def forget_lessons(lessons: QuerySet[Lesson]) -> None:
    """Forget lessons that nobody should find any more."""
    remove_documents(LESSON, lessons.values_list("pk", flat=True))


def all_courses() -> Iterator[Document]:
    """Every listed course, for `manage.py reindex`."""
    live = Course.objects.filter(state=CourseState.PUBLISHED, deleted_at=None)
    for course in live.prefetch_related("tags").iterator(chunk_size=200):
        yield _course_document(course)


def all_lessons() -> Iterator[Document]:
    """Every published lesson, for `manage.py reindex`."""
    versions = LessonVersion.objects.filter(
        state=VersionState.PUBLISHED,
        lesson__published=True,
        lesson__deleted_at=None,
        lesson__section__deleted_at=None,
    ).select_related("lesson__course")
    for version in versions.iterator(chunk_size=200):
        lesson = version.lesson
        yield Document(
            kind=LESSON,
            object_id=lesson.pk,
            course_id=lesson.course_id,
            language=lesson.course.language,
            title=lesson.title,
            body=plain_text(version.markdown),
        )


def _course_document(course: Course) -> Document:
    tags = " ".join(tag.name for tag in course.tags.all())
    return Document(
        kind=COURSE,
        object_id=course.pk,
        course_id=course.pk,
        language=course.language,
        title=course.title,
        body="\n".join((course.summary, tags, plain_text(course.description))),
    )


def register() -> None:
    """Name the indexers; called when the app is ready."""
    register_indexer(COURSE, all_courses)
    register_indexer(LESSON, all_lessons)
