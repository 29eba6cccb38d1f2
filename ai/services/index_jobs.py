"""The index by keys, for jobs and the command; what is gone meanwhile is left out."""

from collections.abc import Iterator

from ai.services.indexing import index_course, index_lesson
from courses.models import Course, Lesson
from lms.kernel.actors import Actor


def run_lesson_index(actor: Actor, lesson_id: int) -> int:
    """Index one lesson; 0 when it no longer exists."""
    lesson = Lesson.objects.select_related("course", "section").filter(pk=lesson_id).first()
    return 0 if lesson is None else index_lesson(actor=actor, lesson=lesson)


def run_course_index(actor: Actor, course_id: int) -> int:
    """Index one course; 0 when it no longer exists."""
    course = Course.objects.filter(pk=course_id).first()
    return 0 if course is None else index_course(actor=actor, course=course)


def index_every_course(actor: Actor, slugs: list[str]) -> Iterator[tuple[str, int]]:
    """Index the named courses, or all, one after the other: (slug, chunks written)."""
    courses = Course.objects.filter(deleted_at=None).order_by("pk")
    if slugs:
        courses = courses.filter(slug__in=slugs)
    for course in courses:
        yield course.slug, index_course(actor=actor, course=course)
