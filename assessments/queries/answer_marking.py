"""What waits for a person to mark it, for the staff of its course."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from assessments.enums import AttemptState, QuestionKind, Verdict
from assessments.models import Attempt, AttemptQuestion, Question, Quiz
from assessments.queries.attempt import QuestionSheet, question_sheet
from assessments.queries.content import version_content
from assessments.queries.draws import asked_questions
from assessments.rules import GRADE_ATTEMPT, SEE_RESULTS
from assessments.scoring.kinds import Marking
from assessments.scoring.registry import TYPES, type_of
from assessments.scoring.words import word_count
from courses.models import Course
from lms.kernel.actors import Actor
from lms.kernel.errors import NotFound
from lms.kernel.rules import require
from lms.kernel.text import render_markdown

BY_PEOPLE = tuple(one.kind for one in TYPES if one.marking is Marking.PERSON)
DRAFTED = (AttemptState.SUBMITTED, AttemptState.SCORED)
WAITS = Q(
    verdict=Verdict.WAITING,
    attempt__state=AttemptState.SUBMITTED,
    version__question__kind__in=BY_PEOPLE,
)


@dataclass(frozen=True, slots=True)
class QueueLine:
    """An answer in a quiz's queue; `score` is a draft until the attempt is released."""

    id: str
    attempt: str
    learner_id: str
    learner: str
    number: int
    question_id: str
    question: str
    ordinal: int
    submitted_at: datetime | None
    score: Decimal | None
    points: Decimal

    @property
    def waiting(self) -> bool:
        """Whether it has no score yet."""
        return self.score is None


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer stands in its queue: the one before, after, and the next that waits."""

    position: int
    total: int
    waiting: int
    previous: str
    following: str
    next_waiting: str


@dataclass(frozen=True, slots=True)
class AnswerToMark:
    """An answer with all that its marker needs; `seq` guards against somebody else's mark."""

    line: QueueLine
    sheet: QuestionSheet
    answer_html: str
    words: int
    notes_html: str
    explanation_html: str
    comment: str
    seq: int
    part: AttemptQuestion
    place: Place


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """A quiz with the number of answers that wait, and the oldest one's time."""

    quiz: Quiz
    waiting: int


def queue(
    actor: Actor, quiz: Quiz, *, question: str = "", waiting: bool = True
) -> QuerySet[AttemptQuestion]:
    """Answers that people mark: one question after the other, the earliest first.

    With `waiting` those without a score, otherwise all of attempts that are not released. Raises
    what `require` raises.
    """
    require(actor, SEE_RESULTS, quiz)
    rows = AttemptQuestion.objects.filter(
        attempt__quiz=quiz, attempt__state__in=DRAFTED, version__question__kind__in=BY_PEOPLE
    ).exclude(verdict=Verdict.UNANSWERED)
    if waiting:
        rows = rows.filter(WAITS)
    if question:
        rows = rows.filter(version__question__public_id=question)
    related = ("attempt__learner", "version__question", "section")
    ordering = ("version__question_id", "attempt__submitted_at", "attempt_id")
    return rows.select_related(*related).order_by(*ordering)


def queue_line(row: AttemptQuestion) -> QueueLine:
    """A queue's line of an answer."""
    return QueueLine(
        id=row.public_id,
        attempt=row.attempt.public_id,
        learner_id=row.attempt.learner.public_id,
        learner=row.attempt.learner.display_name,
        number=row.attempt.number,
        question_id=row.version.question.public_id,
        question=row.version.question.text,
        ordinal=row.ordinal,
        submitted_at=row.attempt.submitted_at,
        score=row.score,
        points=row.points,
    )


def questions_by_people(actor: Actor, quiz: Quiz) -> list[Question]:
    """The quiz's questions that people mark, for staff; raises what `require` raises."""
    return list(asked_questions(actor, quiz).filter(kind__in=BY_PEOPLE))


def answer_to_mark(actor: Actor, quiz: Quiz, public_id: str, *, question: str = "") -> AnswerToMark:
    """One answer inside its quiz (Z3) with its place in the queue; raises NotFound."""
    rows = list(
        queue(actor, quiz, question=question, waiting=False).values_list("public_id", "score")
    )
    found = queue(actor, quiz, waiting=False).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    require(actor, GRADE_ATTEMPT, found.attempt)
    version = found.version
    content = version_content(version)
    kind = type_of(version.question.kind)
    return AnswerToMark(
        line=queue_line(found),
        sheet=question_sheet(found, told=True),
        answer_html=kind.rendered(content, found.answer, render_markdown),
        words=word_count(found.answer) if isinstance(found.answer, str) else 0,
        notes_html=render_markdown(kind.notes(content)),
        explanation_html=render_markdown(version.explanation),
        comment=found.comment,
        seq=found.seq,
        part=found,
        place=_place(rows, public_id),
    )


def waiting_lines(actor: Actor, course: Course | None = None) -> list[WaitingLine]:
    """Quizzes of the courses one staffs in which answers wait, most first."""
    seen = SEE_RESULTS.rows(actor)
    if course is not None:
        seen = seen.filter(course=course)
    counts = dict(
        AttemptQuestion.objects.filter(WAITS, attempt__quiz__in=seen.values("pk"))
        .order_by()
        .values_list("attempt__quiz")
        .annotate(many=Count("pk"))
    )
    rows = Quiz.objects.filter(pk__in=counts).select_related("lesson", "course")
    lines = [WaitingLine(row, counts[row.pk]) for row in rows]
    return sorted(lines, key=lambda line: (-line.waiting, line.quiz.pk))


def waits_for_people(row: Attempt) -> bool:
    """Whether an answer of a handed-in attempt waits for a person, rather than for a job."""
    return AttemptQuestion.objects.filter(WAITS, attempt=row).exists()


def is_marked_by_people(kind: QuestionKind | str) -> bool:
    """Whether people mark questions of a type."""
    return kind in BY_PEOPLE


def _place(rows: Sequence[tuple[str, Decimal | None]], public_id: str) -> Place:
    ids = [one for one, _score in rows]
    here = ids.index(public_id) if public_id in ids else -1
    ring = [*rows[here + 1 :], *rows[: max(here, 0)]]
    return Place(
        position=here + 1,
        total=len(ids),
        waiting=sum(score is None for _one, score in rows),
        previous=ids[here - 1] if here > 0 else "",
        following=ids[here + 1] if 0 <= here < len(ids) - 1 else "",
        next_waiting=next((one for one, score in ring if score is None), ""),
    )
