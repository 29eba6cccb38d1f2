"""Answers as Moodle writes them, weighted and plain, and what Cairn makes of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _

from assessments.enums import QuestionKind, ToleranceKind
from assessments.exchange.reading import short
from assessments.scoring.content import Accepted, Option, QuestionContent
from assessments.scoring.multiple_choice import MOST_PENALTY
from assessments.scoring.numbers import read_number
from assessments.scoring.short_answer import all_accepted
from assessments.scoring.wildcards import escaped, has_star, unescaped

HUNDRED = Decimal(100)
CLOSE = Decimal("0.01")
SHARE_STEP = Decimal("0.00001")


@dataclass(frozen=True, slots=True)
class Weighted:
    """An answer and the percentage of the points it earns (or costs)."""

    text: str
    percent: Decimal = Decimal(0)
    feedback: str = ""


def choice_question(
    stem: str, answers: Sequence[Weighted], *, single: bool, explanation: str
) -> tuple[QuestionContent, list[str]]:
    """A choice question, and what its weights said that Cairn does not."""
    lost = _single_losses(answers) if single else _several_losses(answers)
    right = HUNDRED if single else CLOSE
    options = tuple(Option(a.text, a.percent >= right - CLOSE / 2, a.feedback) for a in answers)
    content = QuestionContent(
        kind=QuestionKind.SINGLE_CHOICE if single else QuestionKind.MULTIPLE_CHOICE,
        stem=stem,
        options=options,
        partial_credit=not single,
        explanation=explanation,
    )
    penalty = None if single else _penalty(answers)
    return content if penalty is None else replace(content, penalty=penalty), lost


def weights_of(content: QuestionContent) -> list[Weighted]:
    """The options with what they earn: right ones share 100, wrong ones cost their penalty."""
    right = sum(option.correct for option in content.options)
    share = HUNDRED if content.kind == QuestionKind.SINGLE_CHOICE else HUNDRED / (right or 1)
    costs = -share * content.penalty / MOST_PENALTY
    if content.kind == QuestionKind.SINGLE_CHOICE:
        costs = Decimal(0)
    if content.kind == QuestionKind.MULTIPLE_CHOICE and not content.partial_credit:
        costs = -HUNDRED
    return [
        Weighted(o.text, (share if o.correct else costs).quantize(SHARE_STEP), o.feedback)
        for o in content.options
    ]


def plain_number(value: Decimal) -> str:
    """A number without needless zeros: 50, 33.33333."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def numeric_value(content: QuestionContent) -> str:
    """The number with a point for decimals, as other systems read it."""
    return plain_number(read_number(content.value))


def numeric_tolerance(content: QuestionContent) -> str:
    """The tolerance as an amount."""
    amount = read_number(content.tolerance)
    if content.tolerance_kind == ToleranceKind.RELATIVE:
        amount *= abs(read_number(content.value))
    return plain_number(amount)


def short_question(
    stem: str, answers: Sequence[Weighted], *, explanation: str
) -> tuple[QuestionContent, list[str]]:
    """A short answer question with the shares of its answers, and what could not be kept.

    A star stands for any characters, as in other systems, when one of the answers has one.
    """
    lost = [
        _("“%(text)s” was worth %(percent)s %%; it is not kept.")
        % {"text": short(a.text), "percent": plain_number(a.percent)}
        for a in answers
        if not 0 <= a.percent <= HUNDRED
    ]
    kept = [a for a in answers if 0 <= a.percent <= HUNDRED]
    stars = any(has_star(a.text) for a in kept)
    texts = [a.text if stars else unescaped(a.text) for a in kept]
    whole = [a.percent == HUNDRED and not a.feedback for a in kept]
    content = QuestionContent(
        kind=QuestionKind.SHORT_ANSWER,
        stem=stem,
        accepted=tuple(text for text, full in zip(texts, whole, strict=True) if full),
        answers=tuple(
            Accepted(text, a.percent.quantize(SHARE_STEP), a.feedback)
            for text, a, full in zip(texts, kept, whole, strict=True)
            if not full
        ),
        wildcards=stars,
        explanation=explanation,
    )
    return content, lost


def short_weights(content: QuestionContent) -> list[Weighted]:
    """The accepted answers with what they earn; a star that stands for itself is escaped."""
    return [
        Weighted(one.text if content.wildcards else escaped(one.text), one.share, one.feedback)
        for one in all_accepted(content)
    ]


def _single_losses(answers: Sequence[Weighted]) -> list[str]:
    words = _("“%(text)s” was worth %(percent)s %%; here it is worth nothing.")
    return [
        words % {"text": short(a.text), "percent": plain_number(a.percent)}
        for a in answers
        if a.percent and a.percent < HUNDRED
    ]


def _several_losses(answers: Sequence[Weighted]) -> list[str]:
    lost: list[str] = []
    right = [a.percent for a in answers if a.percent > 0]
    if right and max(right) - min(right) > CLOSE:
        lost.append(_("Right options had different weights; here they count alike."))
    if any(a.percent <= 0 for a in answers) and _penalty(answers) is None:
        words = _("A wrong choice cost another share; here it costs what a right one earns.")
        lost.append(words)
    return lost


def _penalty(answers: Sequence[Weighted]) -> Decimal | None:
    """What every wrong choice costs, in per cent of a right one; None when that cannot be said."""
    right = sum(a.percent > 0 for a in answers)
    wrong = [-a.percent for a in answers if a.percent <= 0]
    if not right or not wrong or max(wrong) - min(wrong) > CLOSE:
        return None
    penalty = (wrong[0] * right).quantize(Decimal("0.01"))
    if penalty > MOST_PENALTY + right * CLOSE:
        return None
    return min(Decimal(plain_number(penalty)), MOST_PENALTY)
