"""An attempt with the right answers: for its learner once released, for staff once submitted."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from assessments.enums import AttemptState, QuestionKind, StepKind
from assessments.models import Attempt, AttemptQuestion, QuestionVersion
from assessments.queries.attempt import AttemptSheet, QuestionSheet, knows_score, question_sheet
from assessments.rules import VIEW_ATTEMPT
from lms.kernel.actors import Actor
from lms.kernel.errors import Conflict, Denied
from lms.kernel.rules import require
from lms.kernel.text import PIPELINE_VERSION, render_markdown


@dataclass(frozen=True, slots=True)
class OptionKey:
    """A choice with what it was worth; `feedback_html` only for chosen ones."""

    id: str
    html: str
    chosen: bool
    correct: bool
    feedback_html: str


@dataclass(frozen=True, slots=True)
class QuestionReview:
    """A question with its key. `solution` is an answer worth all points, in words.

    `reason` is what was written when somebody last set its score by hand.
    """

    sheet: QuestionSheet
    options: list[OptionKey]
    solution: Any
    solution_words: list[str]
    explanation_html: str
    overridden: bool
    reason: str
    part_id: str = field(default="")


@dataclass(frozen=True, slots=True)
class AttemptReview:
    """A whole attempt with keys."""

    sheet: AttemptSheet
    questions: list[QuestionReview]
    reason: str = ""


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
    related = ("version__question", "scored_with")
    parts = list(row.questions.select_related(*related).order_by("ordinal"))
    reasons = _reasons(row)
    reviews = [_question(one, reasons.get(one.pk, "")) for one in parts]
    sheet = AttemptSheet(
        attempt=row,
        questions=[one.sheet for one in reviews],
        score=row.score,
        knows_score=True,
    )
    whole = reasons.get(None, "") if row.override is not None else ""
    return AttemptReview(sheet=sheet, questions=reviews, reason=whole)


def _reasons(row: Attempt) -> dict[int | None, str]:
    """The last reason for a score by hand per question, under None for the whole attempt."""
    steps = row.steps.filter(kind=StepKind.OVERRIDDEN).order_by("pk")
    return {step.question_id: step.data.get("reason", "") for step in steps}


def _question(one: AttemptQuestion, reason: str) -> QuestionReview:
    shown = question_sheet(one, told=True)
    version = one.scored_with or one.version
    key = version.key
    correct, feedback = set(key.get("correct", ())), key.get("feedback", {})
    return QuestionReview(
        sheet=shown,
        options=[
            OptionKey(
                id=option.id,
                html=option.html,
                chosen=option.chosen,
                correct=option.id in correct,
                feedback_html=(
                    render_markdown(feedback[option.id])
                    if option.chosen and option.id in feedback
                    else ""
                ),
            )
            for option in shown.options
        ],
        solution=solution_of(shown.kind, key),
        solution_words=words_of(shown.kind, key, shown.unit),
        explanation_html=_explanation(version),
        overridden=one.overridden,
        reason=reason if one.overridden else "",
        part_id=one.public_id,
    )


def solution_of(kind: QuestionKind, key: dict[str, Any]) -> Any:
    """An answer worth all points, in its stored form."""
    match kind:
        case QuestionKind.SINGLE_CHOICE:
            return key["correct"][0]
        case QuestionKind.MULTIPLE_CHOICE:
            return list(key["correct"])
        case QuestionKind.TRUE_FALSE:
            return key["truth"]
        case QuestionKind.SHORT_ANSWER:
            return key["accepted"][0]
    return key["value"]


def words_of(kind: QuestionKind, key: dict[str, Any], unit: str) -> list[str]:
    """The right answers in words, for types that have no options."""
    match kind:
        case QuestionKind.TRUE_FALSE:
            return [_("True") if key["truth"] else _("False")]
        case QuestionKind.SHORT_ANSWER:
            return list(key["accepted"])
        case QuestionKind.NUMERIC:
            return [f"{key['value']} {unit}".strip()]
    return []


def _explanation(version: QuestionVersion) -> str:
    if version.pipeline_version == PIPELINE_VERSION:
        return version.explanation_html
    return render_markdown(version.explanation)
