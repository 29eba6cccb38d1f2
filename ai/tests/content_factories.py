"""Content jobs and pieces for tests, made by the services."""

from typing import Any

from ai.enums import ContentKind, Use
from ai.models import ContentPiece
from ai.services.content import ContentWish, request_content
from courses.enums import LessonKind
from courses.models import Course, Lesson
from courses.services.lesson import save_draft
from courses.services.outline import add_lesson, add_section
from lms.kernel.actors import Actor
from lms.kernel.jobs.run import run_job
from lms.kernel.models import Job

WALLS = """## Walls

A dry stone wall is a wall that is built without mortar. The friction of its stones holds it up.

The two faces of a wall are called the doubling. A batter is the inward lean of both faces.

## Footing

A foundation trench is a ditch that carries the first course of stones. Frost moves shallow
trenches, so builders dig below the frost line.
"""


def a_lesson(actor: Actor, course: Course, markdown: str = WALLS, title: str = "Walls") -> Lesson:
    """A lesson with a draft."""
    section = add_section(actor=actor, course=course, title="Building")
    lesson = add_lesson(actor=actor, section=section, title=title, kind=LessonKind.TEXT)
    if markdown:
        save_draft(actor=actor, lesson=lesson, markdown=markdown)
    lesson.refresh_from_db()
    return lesson


def made(actor: Actor, kind: ContentKind, **wish: Any) -> tuple[Job, list[ContentPiece]]:
    """A content job that was run here, and its pieces."""
    wish.setdefault("use", Use.RULES)
    job = request_content(actor=actor, wish=ContentWish(kind=kind, **wish))
    run_job(job.pk)
    job.refresh_from_db()
    return job, list(ContentPiece.objects.filter(job=job).order_by("ordinal"))
