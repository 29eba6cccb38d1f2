"""An attempt with the right answers: for its learner once released, for staff once submitted."""

from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from assessments.enums import AttemptState, Solutions, StepKind
from assessments.models import Attempt, AttemptQuestion, QuestionVersion
from assessments.queries.attempt import AttemptSheet, QuestionSheet, knows_score, question_sheet
from assessments.queries.dates import dates_for, last_close
from assessments.rules import GRADE_ATTEMPT, VIEW_ATTEMPT
from assessments.scoring.content import QuestionContent
from assessments.scoring.kinds import Counted, ShownOption
from assessments.scoring.registry import content_of, type_of, with_drawn
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import Conflict, Denied
from lms.kernel.rules import require
from lms.kernel.text import PIPELINE_VERSION, render_markdown


@dataclass(frozen=True, slots=True)
class OptionKey:
    """A choice with what it was worth; `feedback_html` only for chosen ones.

    `correct` is None while the right answers are not shown.
    """

    id: str
    html: str
    chosen: bool
    correct: bool | None
    feedback_html: str


@dataclass(frozen=True, slots=True)
class QuestionReview:
    """A question with its key. `solution` is an answer worth all points, also in words.

    `pieces` is what the answer says piece by piece (`right` and `expected` only once the right
    answers are shown), `summary` all of it on one line, `feedback_html` what the author says to it
    (options carry their own), `answer_html` a long answer in its own format, `comment_html` what
    its marker says. `reason` is what was written when somebody last set its score by hand.
    """

    sheet: QuestionSheet
    options: list[OptionKey]
    solution: Any
    solution_words: list[str]
    pieces: list[Counted]
    summary: str
    feedback_html: list[str]
    answer_html: str
    comment_html: str
    explanation_html: str
    overridden: bool
    reason: str
    part_id: str = field(default="")

    @property
    def said_by_label(self) -> dict[str, Counted]:
        """What the answer says by the label of its part."""
        return {one.label: one for one in self.pieces}

    @property
    def templates(self) -> tuple[str, str]:
        """The template of its marks: the type's own, or that of plain words."""
        own = f"assessments/attempt/reviewed/{self.sheet.kind}.html"
        return own, "assessments/attempt/reviewed/_words.html"


@dataclass(frozen=True, slots=True)
class AttemptReview:
    """A whole attempt with keys, or without them while `solutions_shown` is off."""

    sheet: AttemptSheet
    questions: list[QuestionReview]
    reason: str = ""
    solutions_shown: bool = True


def review(actor: Actor, row: Attempt) -> AttemptReview:
    """The attempt with keys and explanations.

    Raises Conflict `attempt_open` while it is open, Denied `not_released` for the learner before
    its release, and what `require` raises.
    """
    require(actor, VIEW_ATTEMPT, row)
    if row.state == AttemptState.OPEN:
        raise Conflict(_("This attempt is still open."), code="attempt_open")
    if not knows_score(actor, row):
        raise Denied(_("The results are not released yet."), code="not_released")
    related = ("version__question", "scored_with__question")
    parts = list(row.questions.select_related(*related).order_by("ordinal"))
    reasons = _reasons(row)
    told = knows_solutions(actor, row)
    reviews = [_question(one, reasons.get(one.pk, ""), told=told) for one in parts]
    sheet = AttemptSheet(
        attempt=row,
        questions=[one.sheet for one in reviews],
        score=row.score,
        knows_score=True,
    )
    whole = reasons.get(None, "") if row.override is not None else ""
    return AttemptReview(sheet=sheet, questions=reviews, reason=whole, solutions_shown=told)


def knows_solutions(actor: Actor, row: Attempt) -> bool:
    """Whether who knows the score may see the right answers too: staff always."""
    if GRADE_ATTEMPT.may(actor, row):
        return True
    quiz = row.quiz
    match Solutions(quiz.solutions):
        case Solutions.AT_ONCE:
            return True
        case Solutions.LAST_ATTEMPT:
            return not _may_go_again(row)
        case Solutions.CLOSED:
            closed = last_close(quiz)
            return closed is not None and clock.now() >= closed
    return False


def _may_go_again(row: Attempt) -> bool:
    """Whether the learner can still earn something with the right answers.

    Attempts without number are for practice: nothing is held back there.
    """
    dates = dates_for(row.quiz, row.learner_id)
    allowed, closes = dates.attempts_allowed, dates.closes_at
    if allowed is None:
        return False
    mine = Attempt.objects.filter(quiz=row.quiz, learner_id=row.learner_id)
    going = mine.filter(state=AttemptState.OPEN).exists()
    over = closes is not None and clock.now() >= closes
    return going or (mine.count() < allowed and not over)


def _reasons(row: Attempt) -> dict[int | None, str]:
    """The last reason for a score by hand per question, under None for the whole attempt."""
    steps = row.steps.filter(kind=StepKind.OVERRIDDEN).order_by("pk")
    return {step.question_id: step.data.get("reason", "") for step in steps}


def _question(one: AttemptQuestion, reason: str, *, told: bool) -> QuestionReview:
    shown = question_sheet(one, told=True)
    version = one.scored_with or one.version
    kind, content = type_of(shown.kind), with_drawn(_content(version), one.drawn)
    answered = one.answer is not None
    if told:
        shown = replace(shown, shown=kind.revealed(content, shown.shown))
    return QuestionReview(
        sheet=shown,
        options=[_option(option, content, told=told) for option in shown.options],
        solution=kind.solution(content) if told else None,
        solution_words=kind.solution_words(content) if told else [],
        pieces=_pieces(kind.counted(content, one.answer), told=told) if answered else [],
        summary=kind.summary(content, one.answer) if answered else "",
        feedback_html=_feedback(content, one.answer) if answered and told else [],
        answer_html=kind.rendered(content, one.answer, render_markdown) if answered else "",
        comment_html=render_markdown(one.comment),
        explanation_html=_explanation(version, one.drawn) if told else "",
        overridden=one.overridden,
        reason=reason if one.overridden else "",
        part_id=one.public_id,
    )


def _feedback(content: QuestionContent, answer: Any) -> list[str]:
    if content.options:
        return []
    said = type_of(content.kind).feedback(content, answer)
    return [render_markdown(words) for words in said]


def _option(shown: ShownOption, content: QuestionContent, *, told: bool) -> OptionKey:
    option = content.option(shown.id)
    feedback = option.feedback if option and told and shown.chosen else ""
    return OptionKey(
        id=shown.id,
        html=shown.html,
        chosen=shown.chosen,
        correct=bool(option and option.correct) if told else None,
        feedback_html=render_markdown(feedback) if feedback else "",
    )


def _pieces(counted: list[Counted], *, told: bool) -> list[Counted]:
    return counted if told else [replace(one, right=None, expected="") for one in counted]


def _content(version: QuestionVersion) -> QuestionContent:
    return content_of(
        kind=version.question.kind, stem=version.stem, body=version.body, key=version.key
    )


def _explanation(version: QuestionVersion, drawn: dict[str, Any] | None) -> str:
    if drawn:
        return render_markdown(type_of(version.question.kind).worded(version.explanation, drawn))
    if version.pipeline_version == PIPELINE_VERSION:
        return version.explanation_html
    return render_markdown(version.explanation)
