"""Judge a typed number: its value, its unit and its digits, each apart."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Final

from django.utils.translation import gettext as _

from assessments.enums import DigitsRule, ToleranceKind, UnitRule
from assessments.scoring.content import QuestionContent
from assessments.scoring.figures import (
    decimals_of,
    figures_of,
    rounded_to_decimals,
    rounded_to_figures,
)
from assessments.scoring.numbers import read_number
from assessments.scoring.units import Unit, find_unit, folded_unit, split_number
from lms.kernel.errors import Invalid

MAX_DIGITS: Final = 12
MAX_UNIT_TYPED: Final = 40
# Enough digits that a sum of any two accepted numbers is exact (40 digits, exponents to 30), also
# after conversion.
_DIGITS: Final = 200


@dataclass(frozen=True, slots=True)
class Judged:
    """What holds of an answer: the number is `right`, so are its `unit` and number of `digits`."""

    right: bool
    unit: bool = True
    digits: bool = True


def split_answer(content: QuestionContent, typed: str) -> tuple[str, str]:
    """The number and the unit of an answer; raises Invalid where there is no number to read.

    Where the unit stands beside the field, only that unit may be written again.
    """
    number, unit = split_number(typed)
    beside = content.unit_rule == UnitRule.SHOWN
    if unit and beside and folded_unit(unit) != folded_unit(content.unit):
        read_number(typed)
    if len(unit) > MAX_UNIT_TYPED or not number:
        words = _("Write a number, for example 12.5 or 12,5.")
        if not beside:
            words = _("Write a number and its unit, for example 12.5 m.")
        raise Invalid(words, field="answer")
    read_number(number)
    return number, unit


def judge(content: QuestionContent, answer: str) -> Judged:
    """How an answer that `split_answer` takes fares."""
    typed, unit = split_answer(content, answer)
    with localcontext(prec=_DIGITS):
        value, number = read_number(content.value), read_number(typed)
        digits = _has_digits(content, typed, number)
        for factor, unit_right in _readings(content, unit):
            if _fits(content, value, number, factor):
                return Judged(right=True, unit=unit_right, digits=digits)
    return Judged(right=False)


def as_asked(content: QuestionContent) -> str:
    """The right answer the way it is asked for."""
    value = content.value.strip()
    if content.digits_rule != DigitsRule.ANY:
        with localcontext(prec=_DIGITS):
            value = f"{_rounded(content, read_number(value)):f}"
    return f"{value} {content.unit}" if content.unit_rule == UnitRule.REQUIRED else value


def _readings(content: QuestionContent, unit: str) -> Iterator[tuple[Decimal, bool]]:
    """What the number may mean, best first: a factor, and whether its unit is then right."""
    one = Decimal(1)
    if content.unit_rule == UnitRule.SHOWN:
        yield one, True
    elif not unit:
        yield one, content.unit_rule == UnitRule.OPTIONAL
    else:
        known = find_unit(unit, [Unit(content.unit), *content.units])
        if known:
            yield known.amount, True
        yield one, False


def _fits(content: QuestionContent, value: Decimal, number: Decimal, factor: Decimal) -> bool:
    allowed = read_number(content.tolerance)
    if content.tolerance_kind == ToleranceKind.RELATIVE:
        allowed *= abs(value)
    if content.digits_rule != DigitsRule.ANY:
        allowed = max(allowed, abs(_rounded(content, value / factor) * factor - value))
    return abs(number * factor - value) <= allowed


def _rounded(content: QuestionContent, value: Decimal) -> Decimal:
    if content.digits_rule == DigitsRule.FIGURES:
        return rounded_to_figures(value, content.digits)
    return rounded_to_decimals(value, content.digits)


def _has_digits(content: QuestionContent, typed: str, number: Decimal) -> bool:
    match content.digits_rule:
        case DigitsRule.FIGURES:
            fewest, most = figures_of(typed)
            return not number or fewest <= content.digits <= most
        case DigitsRule.DECIMALS:
            return decimals_of(typed) == content.digits
    return True
