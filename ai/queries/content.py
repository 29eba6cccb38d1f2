"""Pieces of teaching material one may review, and the jobs that make them."""

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from ai.enums import DraftState
from ai.models import ContentPiece
from ai.queries.narrowing import EVERYTHING, Narrow
from ai.rules import VIEW_PIECE
from courses.enums import VersionState
from courses.models import Attachment, Course, Lesson, LessonVersion
from lms.kernel.actors import Actor
from lms.kernel.errors import NotFound
from lms.kernel.models import UNFINISHED_STATES, Job
from lms.kernel.rules import fetch

KIND = "ai.generate_content"
RELATED = ("job", "course", "lesson", "decided_by", "replaces")
SHOWN = 60
SHOWN_FILES = 100


def pieces(
    actor: Actor, narrow: Narrow = EVERYTHING, *, course: Course | None = None
) -> QuerySet[ContentPiece]:
    """Pieces the actor may read, newest job first and in the job's order."""
    return narrow.of(VIEW_PIECE.rows(actor).select_related(*RELATED), course)


def piece(actor: Actor, public_id: str, *, course: Course | None = None) -> ContentPiece:
    """One piece, inside its course when one is given (Z3); raises what `fetch` raises."""
    inside: dict[str, Any] = {} if course is None else {"course": course}
    return fetch(actor, VIEW_PIECE, select=RELATED, public_id=public_id, **inside)


def lesson_pieces(actor: Actor, lesson: Lesson) -> list[ContentPiece]:
    """What waits for a decision in a lesson, oldest job first; the first 60."""
    rows = VIEW_PIECE.rows(actor).filter(lesson=lesson, state=DraftState.DRAFT)
    return list(rows.select_related(*RELATED).order_by("job_id", "ordinal")[:SHOWN])


def current_texts(lesson_ids: Collection[int]) -> dict[int, str]:
    """The Markdown of lessons as staff see them, by key: drafts, else what is published.

    The caller has checked that staff ask. One query, none without lessons.
    """
    if not lesson_ids:
        return {}
    shown = [VersionState.PUBLISHED, VersionState.DRAFT]
    rows = LessonVersion.objects.filter(lesson__in=lesson_ids, state__in=shown)
    found = rows.order_by("number").values_list("state", "lesson_id", "markdown")
    # Drafts come last and win.
    return {key: text for state in shown for of, key, text in found if of == state}


def accepted_pieces(actor: Actor, lesson: Lesson) -> list[ContentPiece]:
    """What was taken into a lesson, newest decision first; the first 60."""
    rows = VIEW_PIECE.rows(actor).filter(lesson=lesson, state=DraftState.ACCEPTED)
    return list(rows.select_related(*RELATED).order_by("-decided_at", "-id")[:SHOWN])


def waiting_pieces(actor: Actor, course: Course) -> int:
    """How many pieces of a course wait for a decision."""
    return VIEW_PIECE.rows(actor).filter(course=course, state=DraftState.DRAFT).count()


def content_jobs(course: Course) -> QuerySet[Job]:
    """A course's content jobs, newest first; the caller has checked that staff ask."""
    return Job.objects.filter(kind=KIND, course_id=course.pk).order_by("-pk")


def content_job(course: Course, public_id: str) -> Job:
    """One content job of a course; raises NotFound. The caller has checked that staff ask."""
    found = content_jobs(course).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def lesson_job(lesson: Lesson) -> Job | None:
    """The newest unfinished content job for a lesson."""
    rows = content_jobs(lesson.course).filter(state__in=UNFINISHED_STATES)
    return next((job for job in rows[:10] if job.params.get("into") == lesson.pk), None)


def course_files(course: Course, types: Collection[str]) -> list[Attachment]:
    """Files of a course of these content types, by name; the caller has checked that staff ask."""
    rows = Attachment.objects.filter(course=course, content_type__in=types)
    return list(rows.order_by("name", "pk")[:SHOWN_FILES])


def unfinished(actor: Actor) -> int:
    """How many of the actor's content jobs wait or run."""
    rows = Job.objects.filter(kind=KIND, created_by_id=actor.user_id)
    return rows.filter(state__in=UNFINISHED_STATES).count()
