"""An attempt with what may be seen of it: all for staff, what the policy says for its learner."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from assessments.enums import AttemptState, ReviewItem, StepKind
from assessments.models import Attempt, AttemptQuestion, QuestionVersion
from assessments.queries.attempt import (
    AttemptSheet,
    QuestionSheet,
    in_sections,
    question_sheet,
    without_result,
)
from assessments.queries.code import TestLine, is_scored_by_job, last_results, test_lines
from assessments.queries.content import version_content
from assessments.queries.facts import shown_of
from assessments.rules import VIEW_ATTEMPT
from assessments.scoring.code import Ran
from assessments.scoring.content import QuestionContent
from assessments.scoring.kinds import Counted, ShownOption
from assessments.scoring.registry import type_of, with_drawn
from assessments.scoring.review import EVERYTHING, Items
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
    its marker says. `reason` is what was written when somebody last set its score by hand,
    `tests` how a program did.
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
    tests: list[TestLine] = field(default_factory=list)

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
    """A whole attempt with what is `shown` of it: no questions where those are not."""

    sheet: AttemptSheet
    questions: list[QuestionReview]
    reason: str = ""
    shown: Items = EVERYTHING

    @property
    def solutions_shown(self) -> bool:
        """Whether the right answers are shown."""
        return ReviewItem.RIGHT_ANSWER in self.shown

    @property
    def score_shown(self) -> bool:
        """Whether the score is."""
        return ReviewItem.SCORE in self.shown


def review(actor: Actor, row: Attempt) -> AttemptReview:
    """The attempt with what the asker may see of it (`scoring.review.may_see`).

    Raises Conflict `attempt_open` while it is open, Denied `not_released` for the learner while
    nothing of it is shown, and what `require` raises.
    """
    require(actor, VIEW_ATTEMPT, row)
    if row.state == AttemptState.OPEN:
        raise Conflict(_("This attempt is still open."), code="attempt_open")
    shown = shown_of(actor, row)
    if not shown:
        raise Denied(_("The results are not released yet."), code="not_released")
    scored, judged = ReviewItem.SCORE in shown, ReviewItem.CORRECTNESS in shown
    reasons = _reasons(row) if scored else {}
    parts = _parts(row, shown)
    coded = [one.pk for one in parts if is_scored_by_job(one)]
    ran = last_results(coded) if coded and judged else {}
    reviews = [
        question_review(one, reasons.get(one.pk, ""), shown=shown, ran=ran.get(one.pk))
        for one in parts
    ]
    marked = in_sections([one.sheet for one in reviews])
    reviews = [replace(one, sheet=sheet) for one, sheet in zip(reviews, marked, strict=True)]
    sheet = AttemptSheet(
        attempt=row,
        questions=marked,
        score=row.score if scored else None,
        knows_score=scored,
    )
    whole = reasons.get(None, "") if row.override is not None else ""
    return AttemptReview(sheet=sheet, questions=reviews, reason=whole, shown=shown)


def _parts(row: Attempt, shown: Items) -> list[AttemptQuestion]:
    if ReviewItem.ATTEMPT not in shown:
        return []
    related = ("version__question", "scored_with__question", "section")
    parts = row.questions.select_related(*related).order_by("ordinal")
    if row.forward_only and ReviewItem.SCORE not in shown:
        parts = parts.filter(page__lte=row.page)  # pages that were not reached stay unseen
    return list(parts)


def _reasons(row: Attempt) -> dict[int | None, str]:
    """The last reason for a score by hand per question, under None for the whole attempt."""
    steps = row.steps.filter(kind=StepKind.OVERRIDDEN).order_by("pk")
    return {step.question_id: step.data.get("reason", "") for step in steps}


def question_review(
    one: AttemptQuestion, reason: str, *, shown: Items, ran: Mapping[str, Ran] | None = None
) -> QuestionReview:
    """A question with what may be shown of it.

    `reason` is that of a score by hand, `ran` how a program did in its tests.
    """
    judged, told = ReviewItem.CORRECTNESS in shown, ReviewItem.RIGHT_ANSWER in shown
    scored = judged and ReviewItem.SCORE in shown
    sheet = without_result(question_sheet(one, told=True), judged=judged, scored=scored)
    version = one.scored_with or one.version
    kind, content = type_of(sheet.kind), with_drawn(version_content(version), one.drawn)
    answered = one.answer is not None
    if told:
        sheet = replace(sheet, shown=kind.revealed(content, sheet.shown))
    said = answered and ReviewItem.FEEDBACK in shown
    explained = ReviewItem.EXPLANATION in shown
    return QuestionReview(
        sheet=sheet,
        options=[_option(option, content, told=told, said=said) for option in sheet.options],
        solution=kind.solution(content) if told else None,
        solution_words=kind.solution_words(content) if told else [],
        pieces=_pieces(kind.counted(content, one.answer), told=told) if answered else [],
        summary=kind.summary(content, one.answer) if answered else "",
        feedback_html=_feedback(content, one.answer) if said else [],
        answer_html=kind.rendered(content, one.answer, render_markdown) if answered else "",
        comment_html=render_markdown(one.comment) if ReviewItem.COMMENT in shown else "",
        explanation_html=_explanation(version, one.drawn) if explained else "",
        overridden=one.overridden and scored,
        reason=reason if one.overridden and scored else "",
        part_id=one.public_id,
        tests=test_lines(content, ran or {}) if answered else [],
    )


def _feedback(content: QuestionContent, answer: Any) -> list[str]:
    if content.options:
        return []
    said = type_of(content.kind).feedback(content, answer)
    return [render_markdown(words) for words in said]


def _option(shown: ShownOption, content: QuestionContent, *, told: bool, said: bool) -> OptionKey:
    option = content.option(shown.id)
    feedback = option.feedback if option and said and shown.chosen else ""
    return OptionKey(
        id=shown.id,
        html=shown.html,
        chosen=shown.chosen,
        correct=bool(option and option.correct) if told else None,
        feedback_html=render_markdown(feedback) if feedback else "",
    )


def _pieces(counted: list[Counted], *, told: bool) -> list[Counted]:
    return counted if told else [replace(one, right=None, expected="") for one in counted]


def _explanation(version: QuestionVersion, drawn: dict[str, Any] | None) -> str:
    if drawn:
        return render_markdown(type_of(version.question.kind).worded(version.explanation, drawn))
    if version.pipeline_version == PIPELINE_VERSION:
        return version.explanation_html
    return render_markdown(version.explanation)
