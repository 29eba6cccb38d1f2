"""Attempts, as their learner may see them: never with the key (Z5)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from assessments.enums import AttemptState, QuestionKind, ReviewItem, Verdict
from assessments.models import Attempt, AttemptQuestion, AttemptStep, Quiz, QuizSection
from assessments.queries.access import require_place
from assessments.queries.facts import shown_of, tells_score
from assessments.rules import (
    ANSWER_ATTEMPT,
    GRADE_ATTEMPT,
    SEE_RESULTS,
    VIEW_ATTEMPT,
    VIEW_OWN_ATTEMPT,
)
from assessments.scoring.gaps import split_gaps
from assessments.scoring.kinds import Shown, ShownOption, ShownPart
from assessments.scoring.registry import type_of
from assessments.scoring.review import Items
from courses.models import Course
from courses.rules import STAFF_COURSE
from lms.kernel.actors import Actor
from lms.kernel.errors import NotFound
from lms.kernel.rules import fetch, require
from lms.kernel.text import PIPELINE_VERSION, render_markdown

SELECT = ("quiz__lesson", "course", "learner")
# A save is what an exam asks for most: these are the columns that it needs.
TO_ANSWER = (
    "public_id",
    "learner_id",
    "state",
    "deadline",
    "grace_seconds",
    "break_seconds",
    "break_used",
    "paused_at",
    "quiz__addresses",
    "course__state",
    "course__deleted_at",
)
ANSWERED = AttemptState.SUBMITTED, AttemptState.SCORED, AttemptState.RELEASED
# What scores an answer is not even read for a sheet.
SECRET = ("version__key", "version__explanation", "version__explanation_html")
RESULT_ORDERINGS = {
    "newest": ("-started_at", "-id"),
    "oldest": ("started_at", "id"),
    "name": ("learner__name", "learner__email", "number"),
    "score": ("-score", "id"),
}


@dataclass(frozen=True, slots=True)
class StemPiece:
    """Clean HTML of a stem, or the part that stands in its place."""

    html: str = ""
    part: ShownPart | None = None


@dataclass(frozen=True, slots=True)
class QuestionSheet:
    """A question as its learner sees it; score and verdict only once they may know.

    `shown` is what its type shows beside the stem. It stands on `page`; the first one of a
    `section` that has something to say `opens_section`.
    """

    id: str
    kind: QuestionKind
    ordinal: int
    stem: str
    stem_html: str
    shown: Shown
    points: Decimal
    answer: Any
    seq: int
    flagged: bool
    score: Decimal | None
    verdict: str
    certainty: int | None = None
    tries: int = 0
    final: bool = False
    page: int = 1
    section: QuizSection | None = None
    answered_at: datetime | None = None
    opens_section: bool = False

    @property
    def answered(self) -> bool:
        """Whether there is a saved answer."""
        return self.answer is not None

    @property
    def template(self) -> str:
        """The template of its inputs."""
        return f"assessments/attempt/types/{self.kind}.html"

    @property
    def stem_pieces(self) -> list[StemPiece]:
        """The stem cut at its gaps."""
        parts = {part.label: part for part in self.parts}
        return [
            StemPiece(html=piece) if isinstance(piece, str) else StemPiece(part=parts[str(piece)])
            for piece in split_gaps(self.stem_html)
        ]

    @property
    def options(self) -> tuple[ShownOption, ...]:
        """The choices in their drawn order."""
        return self.shown.options

    @property
    def parts(self) -> tuple[ShownPart, ...]:
        """The prompts or blanks in their order."""
        return self.shown.parts

    @property
    def unit(self) -> str:
        """The unit of a number."""
        return self.shown.unit


@dataclass(frozen=True, slots=True)
class AttemptSheet:
    """An attempt with its questions, and its score when the reader may know it.

    While it goes forward only, its learner reads the questions of the page they are on.
    """

    attempt: Attempt
    questions: list[QuestionSheet]
    score: Decimal | None
    knows_score: bool

    @property
    def takes_files(self) -> bool:
        """Whether files can be sent with its form."""
        return any(type_of(one.kind).takes_files for one in self.questions)

    @property
    def unanswered(self) -> list[QuestionSheet]:
        """Questions without a saved answer."""
        return [one for one in self.questions if not one.answered]

    @property
    def here(self) -> int:
        """The page to go on with: the one that is reached, or that of the last answer."""
        if self.attempt.forward_only:
            return self.attempt.page
        answered = [(one.answered_at, one.page) for one in self.questions if one.answered_at]
        return max(answered)[1] if answered else 1


def attempts(
    actor: Actor, *, quiz: Quiz | None = None, course: Course | None = None
) -> QuerySet[Attempt]:
    """Attempts the actor may see, newest first."""
    rows = VIEW_ATTEMPT.rows(actor).select_related(*SELECT)
    if quiz is not None:
        rows = rows.filter(quiz=quiz)
    if course is not None:
        rows = rows.filter(course=course)
    return rows.order_by("-started_at", "-id")


def attempt(actor: Actor, public_id: str, *, course: Course | None = None) -> Attempt:
    """One attempt, inside its course when one is given (Z3); raises what `fetch` raises."""
    inside = {} if course is None else {"course": course}
    return _own_first(actor, public_id=public_id, select=SELECT, **inside)


def attempt_to_answer(actor: Actor, public_id: str) -> Attempt:
    """One attempt with what a save asks of it and no more; raises what `fetch` raises."""
    select = ("course", "quiz")
    return _own_first(actor, public_id=public_id, select=select, only=TO_ANSWER)


def part_to_answer(actor: Actor, attempt_id: str, part_id: str) -> tuple[Attempt, AttemptQuestion]:
    """An attempt that the actor may answer and one of its questions, by their ids alone.

    Raises what `fetch` and `require` raise, NotFound for a question of another attempt.
    """
    own = _own_part(actor, attempt_id, part_id)
    if own is not None:
        require(actor, ANSWER_ATTEMPT, own.attempt)
        return own.attempt, own
    row = attempt_to_answer(actor, attempt_id)
    require(actor, ANSWER_ATTEMPT, row)
    return row, part(row, part_id)


def _own_part(actor: Actor, attempt_id: str, part_id: str) -> AttemptQuestion | None:
    """The question of an attempt of one's own with that attempt, in one query; else None."""
    if actor.user_id is None or "\x00" in attempt_id + part_id:
        return None
    rows = AttemptQuestion.objects.select_related("attempt__course", "attempt__quiz")
    needed = ("public_id", "attempt_id", *(f"attempt__{name}" for name in TO_ANSWER))
    found = rows.only(*needed).filter(
        public_id=part_id, attempt__public_id=attempt_id, attempt__learner_id=actor.user_id
    )
    one = found.first()
    return one if one is not None and VIEW_OWN_ATTEMPT.may(actor, one.attempt) else None


def part(row: Attempt, public_id: str) -> AttemptQuestion:
    """One question inside its attempt (Z3), by its ids alone; raises NotFound."""
    found = row.questions.filter(public_id=public_id).only("public_id", "attempt_id").first()
    if found is None:
        raise NotFound
    return found


def _own_first(actor: Actor, **lookup: Any) -> Attempt:
    """The asker's own attempt, else whatever attempt they may see."""
    try:
        return fetch(actor, VIEW_OWN_ATTEMPT, **lookup)
    except NotFound:
        return fetch(actor, VIEW_ATTEMPT, **lookup)


def knows_score(actor: Actor, row: Attempt) -> bool:
    """Whether the asker may know the score: staff once scored, the learner once released."""
    return tells_score(row, staff=row.state != AttemptState.OPEN and GRADE_ATTEMPT.may(actor, row))


def known_scores(actor: Actor, rows: Sequence[Attempt]) -> set[int]:
    """Keys of those attempts whose score the asker may know; one query for all."""
    graded = GRADE_ATTEMPT.rows(actor).filter(pk__in=[row.pk for row in rows])
    staffed = set(graded.values_list("pk", flat=True))
    return {row.pk for row in rows if tells_score(row, staff=row.pk in staffed)}


def sheet(actor: Actor, row: Attempt) -> AttemptSheet:
    """An attempt for whoever may see it, without keys; raises what `require` raises.

    While it is open its learner reads it from the quiz's networks alone (Denied
    `address_not_allowed`), and sees no question while the clock stands. Where one goes forward
    only, they see the page they are on, afterwards those they reached.
    """
    require(actor, VIEW_ATTEMPT, row)
    if row.state == AttemptState.OPEN and row.learner_id == actor.user_id:
        require_place(actor, row.quiz)
        if row.paused_at is not None:
            return AttemptSheet(attempt=row, questions=[], score=None, knows_score=False)
    shown = shown_of(actor, row)
    told = row.state != AttemptState.OPEN and ReviewItem.SCORE in shown
    return AttemptSheet(
        attempt=row,
        questions=in_sections(_questions(actor, row, shown)),
        score=row.score if told else None,
        knows_score=told,
    )


def _questions(actor: Actor, row: Attempt, shown: Items) -> list[QuestionSheet]:
    """What is asked; of an attempt that was handed in, as far as its review shows it."""
    is_open = row.state == AttemptState.OPEN
    if not is_open and ReviewItem.ATTEMPT not in shown:
        return []
    related = ("version__question", "section")
    parts = row.questions.select_related(*related).defer(*SECRET).order_by("ordinal")
    if row.forward_only and row.learner_id == actor.user_id:
        parts = parts.filter(**_readable(row, shown))
    if is_open:
        return [question_sheet(one, told=False) for one in parts]
    judged = ReviewItem.CORRECTNESS in shown
    scored = judged and ReviewItem.SCORE in shown
    sheets = [question_sheet(one, told=True) for one in parts]
    return [without_result(one, judged=judged, scored=scored) for one in sheets]


def without_result(sheet: QuestionSheet, *, judged: bool, scored: bool) -> QuestionSheet:
    """The sheet without the verdict and the score that may not be told; waiting is no secret."""
    known = judged or sheet.verdict in {Verdict.WAITING, Verdict.UNANSWERED}
    verdict = sheet.verdict if known else ""
    return replace(sheet, verdict=verdict, score=sheet.score if scored else None)


def _readable(row: Attempt, shown: Items) -> dict[str, int]:
    """Which questions the learner reads who can only go forward: all once they know their score."""
    if row.state == AttemptState.OPEN:
        return {"page": row.page}
    return {} if ReviewItem.SCORE in shown else {"page__lte": row.page}


def in_sections(questions: Sequence[QuestionSheet]) -> list[QuestionSheet]:
    """The same questions, with the first of each section that has a title or words marked."""
    marked: list[QuestionSheet] = []
    for one in questions:
        section = one.section
        says = section is not None and bool(section.title or section.introduction_html)
        begins = not marked or marked[-1].section != section
        marked.append(replace(one, opens_section=says and begins))
    return marked


def question_sheet(one: AttemptQuestion, *, told: bool) -> QuestionSheet:
    """A drawn question as shown; `told` includes its score."""
    version = one.version
    fresh = version.pipeline_version == PIPELINE_VERSION
    kind = type_of(version.question.kind)
    stem = kind.worded(version.stem, one.drawn) if one.drawn else version.stem
    return QuestionSheet(
        id=one.public_id,
        kind=QuestionKind(version.question.kind),
        ordinal=one.ordinal,
        stem=stem,
        stem_html=version.stem_html if fresh and not one.drawn else render_markdown(stem),
        shown=kind.shown(
            version.body, one.option_order, one.answer, None if fresh else render_markdown
        ),
        points=one.points,
        answer=one.answer,
        seq=one.seq,
        flagged=one.flagged,
        score=one.score if told else None,
        verdict=one.verdict if told else "",
        certainty=one.certainty,
        tries=one.tries,
        final=one.final,
        page=one.page,
        section=one.section,
        answered_at=one.answered_at,
    )


def steps(actor: Actor, row: Attempt) -> QuerySet[AttemptStep]:
    """The log of an attempt for staff, in the order of time; raises what `require` raises."""
    require(actor, SEE_RESULTS, row.quiz)
    return row.steps.select_related("question", "actor").order_by("at", "id")


@dataclass(frozen=True, slots=True)
class ResultLine:
    """One attempt in a list of results."""

    id: str
    learner_id: str
    learner: str
    number: int
    state: str
    started_at: datetime
    submitted_at: datetime | None
    score: Decimal | None
    max_score: Decimal
    closed_by_clock: bool
    late_percent: Decimal


def results(
    actor: Actor, quiz: Quiz, *, ordering: str = "newest", state: str = "", search: str = ""
) -> QuerySet[Attempt]:
    """Attempts at a quiz for staff; raises what `require` raises."""
    require(actor, SEE_RESULTS, quiz)
    rows = Attempt.objects.filter(quiz=quiz).select_related("learner")
    if state:
        rows = rows.filter(state=state)
    if search:
        rows = rows.filter(learner__name__icontains=search)
    return rows.order_by(*RESULT_ORDERINGS[ordering])


def result_line(row: Attempt) -> ResultLine:
    """A list's line of an attempt."""
    return ResultLine(
        id=row.public_id,
        learner_id=row.learner.public_id,
        learner=row.learner.display_name,
        number=row.number,
        state=row.state,
        started_at=row.started_at,
        submitted_at=row.submitted_at,
        score=row.score,
        max_score=row.max_score,
        closed_by_clock=row.closed_by_clock,
        late_percent=row.late_percent,
    )


def recent_results(actor: Actor, course: Course, *, limit: int = 20) -> list[Attempt]:
    """The latest submitted attempts of a course for its staff."""
    require(actor, STAFF_COURSE, course)
    rows = Attempt.objects.filter(course=course, state__in=ANSWERED)
    return list(rows.select_related(*SELECT).order_by("-submitted_at", "-id")[:limit])
