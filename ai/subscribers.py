"""What the AI app does when something happens elsewhere: bring the tutor's index after it."""

from typing import Final

from courses.events import CourseChanged, LessonHidden, LessonPublished, OutlineChanged
from lms.kernel.actors import system
from lms.kernel.events import subscribe
from lms.kernel.jobs import enqueue

# What changes which lessons learners see. Order and titles are read live.
CHANGES_SIGHT: Final = {"section_deleted", "section_restored", "lesson_restored"}


@subscribe(LessonPublished, name="ai.index_published_lesson")
def index_published_lesson(told: LessonPublished, record_id: int) -> None:
    """Read what is new in a published version."""
    _lesson(told.course_id, told.lesson_id, record_id)


@subscribe(LessonHidden, name="ai.index_hidden_lesson")
def index_hidden_lesson(told: LessonHidden, record_id: int) -> None:
    """Forget a lesson that nobody sees any more."""
    _lesson(told.course_id, told.lesson_id, record_id)


@subscribe(OutlineChanged, name="ai.index_outline")
def index_outline(told: OutlineChanged, record_id: int) -> None:
    """Lessons go and come back with their section."""
    if told.action in CHANGES_SIGHT:
        _course(told.course_id, record_id)


@subscribe(CourseChanged, name="ai.index_course_language")
def index_course_language(told: CourseChanged, record_id: int) -> None:
    """Another language needs other words; where it is the same, nothing is written."""
    _course(told.course_id, record_id)


def _lesson(course_id: int | None, lesson_id: int, record_id: int) -> None:
    enqueue(
        "ai.index_lesson",
        actor=system("ai.index"),
        params={"lesson_id": lesson_id},
        course_id=course_id,
        idempotency_key=f"index-lesson:{record_id}",
    )


def _course(course_id: int | None, record_id: int) -> None:
    if course_id is not None:
        enqueue(
            "ai.index_course",
            actor=system("ai.index"),
            params={"course_id": course_id},
            course_id=course_id,
            idempotency_key=f"index-course:{record_id}",
        )
