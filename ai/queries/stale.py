"""What was made from text that reads differently now.

Nothing about it is stored: a dependence is out of date while the current text of its lesson (the
draft, else the published version) has no block of its key and hash.
"""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from ai.models import ContentPiece, Dependence, Draft
from ai.rules import VIEW_DRAFT, VIEW_PIECE
from assessments.enums import QuestionState
from courses.enums import VersionState
from courses.models import Block, Course, Lesson, LessonVersion
from lms.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class Stale:
    """An accepted question or piece with the lessons whose edits concern it."""

    draft: Draft | None
    piece: ContentPiece | None
    sources: tuple[Lesson, ...]

    @property
    def id(self) -> str:
        """Public id of the draft or piece."""
        found = self.draft or self.piece
        return found.public_id if found is not None else ""


def _still_there() -> Exists:
    drafts = LessonVersion.objects.filter(
        lesson=OuterRef("version__lesson"), state=VersionState.DRAFT
    )
    current = Q(version__state=VersionState.DRAFT) | (
        Q(version__state=VersionState.PUBLISHED) & ~Exists(drafts)
    )
    return Exists(
        Block.objects.filter(
            current,
            version__lesson=OuterRef("lesson"),
            key=OuterRef("block_key"),
            sha256=OuterRef("sha256"),
        )
    )


def stale_dependences() -> QuerySet[Dependence]:
    """Dependences whose block reads differently now or is gone.

    Deleted lessons, deleted questions and retired ones do not count.
    """
    asked = Q(draft__question__isnull=False) & ~Q(draft__question__state=QuestionState.RETIRED)
    rows = Dependence.objects.filter(~_still_there(), lesson__deleted_at=None)
    return rows.filter(Q(piece__isnull=False) | asked)


def stale_things(actor: Actor, course: Course) -> list[Stale]:
    """Every question and piece of a course that is out of date; one query however many."""
    rows = (
        stale_dependences()
        .filter(course=course)
        .filter(
            Q(draft__in=VIEW_DRAFT.rows(actor).order_by().values("pk"))
            | Q(piece__in=VIEW_PIECE.rows(actor).order_by().values("pk"))
        )
        .select_related(
            "draft__question", "draft__lesson", "piece__lesson", "piece__replaces", "lesson"
        )
        .order_by("lesson__section__ordinal", "lesson__ordinal", "draft_id", "piece_id", "pk")
    )
    found: dict[tuple[int | None, int | None], tuple[Dependence, dict[int, Lesson]]] = {}
    for row in rows:
        _first, sources = found.setdefault((row.draft_id, row.piece_id), (row, {}))
        sources[row.lesson_id] = row.lesson
    return [Stale(row.draft, row.piece, tuple(s.values())) for row, s in found.values()]


def stale_count(course: Course) -> int:
    """How many questions and pieces of a course are out of date."""
    rows = stale_dependences().filter(course=course)
    return rows.order_by().values("draft_id", "piece_id").distinct().count()


def stale_of_lesson(lesson: Lesson) -> int:
    """How many things made from a lesson are out of date."""
    rows = stale_dependences().filter(lesson=lesson)
    return rows.order_by().values("draft_id", "piece_id").distinct().count()


def stale_pieces_in(lesson: Lesson) -> set[int]:
    """Ids of pieces that stand in a lesson and whose sources were edited."""
    rows = stale_dependences().filter(piece__lesson=lesson)
    return {pk for pk in rows.values_list("piece_id", flat=True) if pk is not None}


def stale_question_ids(course: Course) -> set[int]:
    """Ids of the course's questions whose sources were edited."""
    rows = stale_dependences().filter(course=course, draft__question__isnull=False)
    return {pk for pk in rows.values_list("draft__question_id", flat=True) if pk is not None}
