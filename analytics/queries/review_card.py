"""Both sides of a card: the question without its answer, and the answer once asked for."""

from collections.abc import Sequence
from dataclasses import dataclass

from analytics.models import ReviewCard
from analytics.queries.review import Candidate
from assessments.models import AttemptQuestion
from assessments.queries.attempt import QuestionSheet, question_sheet
from assessments.queries.review import QuestionReview, question_review
from courses.models import Course, Lesson

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


def fronts(pairs: Sequence[tuple[Candidate, ReviewCard | None]]) -> list[Front]:
    """The front sides of candidates that the caller found; one query for all."""
    parts = _parts([one.part for one, _card in pairs])
    found = []
    for one, card in pairs:
        part = parts[one.part]
        part.answer, part.certainty, part.final = None, None, False
        found.append(
            Front(
                question=part.version.question.public_id,
                sheet=question_sheet(part, told=False),
                course=part.attempt.course,
                lesson=part.attempt.quiz.lesson,
                attempt=part.attempt.public_id,
                reps=card.reps if card else 0,
            )
        )
    return found


def back(one: Candidate) -> QuestionReview:
    """The back side of a candidate that the caller found: the right answer, and one's own then.

    Of all else as much as its attempt shows now.
    """
    part = _parts([one.part])[one.part]
    return question_review(part, "", shown=one.shown)


def _parts(keys: Sequence[int]) -> dict[int, AttemptQuestion]:
    rows = AttemptQuestion.objects.filter(pk__in=keys).select_related(*RELATED)
    return {row.pk: row for row in rows}
