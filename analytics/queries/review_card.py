"""Both sides of what comes back: the front without its answer, the back once asked for."""

from collections.abc import Sequence
from dataclasses import dataclass

from analytics.models import Flashcard
from analytics.queries.review import Candidate, Due, DueFlashcard, Turn
from assessments.models import AttemptQuestion
from assessments.queries.attempt import QuestionSheet, question_sheet
from assessments.queries.review import QuestionReview, question_review
from courses.models import Course, Lesson
from lms.kernel.text import render_markdown

RELATED = (
    "version__question",
    "scored_with__question",
    "section",
    "attempt__course",
    "attempt__quiz__lesson",
)


@dataclass(frozen=True, slots=True)
class Front:
    """A question as it is asked again, without what was answered."""

    question: str
    sheet: QuestionSheet
    course: Course
    lesson: Lesson
    attempt: str
    reps: int


@dataclass(frozen=True, slots=True)
class FlashcardFront:
    """The front of a flashcard; `own` tells that the asker made it."""

    id: str
    course: Course
    html: str
    own: bool
    reps: int

    @property
    def question(self) -> str:
        """By which it is shown and rated, as a question is."""
        return self.id


def fronts(turns: Sequence[Turn]) -> list[Front | FlashcardFront]:
    """The front sides of turns that the caller found; one query for each kind."""
    parts = _parts([one.candidate.part for one in turns if isinstance(one, Due)])
    keys = [one.flashcard for one in turns if isinstance(one, DueFlashcard)]
    rows = Flashcard.objects.filter(pk__in=keys).select_related("course").in_bulk()
    return [
        question_front(one, parts[one.candidate.part])
        if isinstance(one, Due)
        else _flashcard_front(one, rows[one.flashcard])
        for one in turns
    ]


def question_front(due: Due, part: AttemptQuestion | None = None) -> Front:
    """A question as it is asked again, by the sheet on which it was met."""
    if part is None:
        part = _parts([due.candidate.part])[due.candidate.part]
    part.answer, part.certainty, part.final = None, None, False
    return Front(
        question=part.version.question.public_id,
        sheet=question_sheet(part, told=False),
        course=part.attempt.course,
        lesson=part.attempt.quiz.lesson,
        attempt=part.attempt.public_id,
        reps=due.card.reps if due.card else 0,
    )


def _flashcard_front(due: DueFlashcard, row: Flashcard) -> FlashcardFront:
    return FlashcardFront(
        id=row.public_id,
        course=row.course,
        html=render_markdown(row.front),
        own=row.owner_id is not None,
        reps=due.card.reps if due.card else 0,
    )


def flashcard_back(due: DueFlashcard) -> str:
    """The back of a flashcard that the caller found, as clean HTML."""
    return render_markdown(Flashcard.objects.get(pk=due.flashcard).back)


def back(one: Candidate) -> QuestionReview:
    """The back side of a candidate that the caller found: the right answer, and one's own then.

    Of all else as much as its attempt shows now.
    """
    part = _parts([one.part])[one.part]
    return question_review(part, "", shown=one.shown)


def _parts(keys: Sequence[int]) -> dict[int, AttemptQuestion]:
    rows = AttemptQuestion.objects.filter(pk__in=keys).select_related(*RELATED)
    return {row.pk: row for row in rows}
