"""Numeric: right when the number lies within the tolerance, borders included.

Absolute: |answer - value| <= tolerance. Relative: |answer - value| <= tolerance * |value|.
Decimal arithmetic throughout, so 0.1 + 0.2 equals 0.3. A number in an accepted unit is converted
first. Where a number of digits is demanded, the value rounded to it (halves away from zero) is
right as well, whatever the tolerance. A right number with a wrong unit or a wrong number of digits
loses what the author says.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final
from urllib.parse import quote, unquote

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.enums import DigitsRule, QuestionKind, ToleranceKind, UnitRule
from assessments.scoring.content import QuestionContent, check_text
from assessments.scoring.judging import (
    MAX_DIGITS,
    Judged,
    as_asked,
    judge,
    split_answer,
)
from assessments.scoring.kinds import (
    FULL,
    NOTHING,
    Answer,
    Counted,
    Json,
    QuestionType,
    Render,
    Shown,
)
from assessments.scoring.numbers import number_or_none, read_number
from assessments.scoring.units import Unit, folded_unit, split_number
from lms.kernel.errors import Invalid

MAX_UNIT: Final = 30
MAX_UNITS: Final = 20
HUNDRED: Final = Decimal(100)
FACTOR_DIGITS: Final = 15


class Numeric(QuestionType):
    kind = QuestionKind.NUMERIC

    def check(self, content: QuestionContent) -> None:
        value = read_number(content.value, field="value")
        tolerance = read_number(content.tolerance, field="tolerance")
        if tolerance < 0:
            raise Invalid(_("The tolerance is 0 or more."), field="tolerance")
        if content.tolerance_kind == ToleranceKind.RELATIVE and not value and tolerance:
            raise Invalid(
                _("A share of 0 is 0: give the tolerance as an amount."), field="tolerance"
            )
        check_units(content)
        check_digits(content)

    def body(self, content: QuestionContent, render: Render) -> dict[str, Any]:
        """The unit only where it stands beside the field; how to write the number."""
        shown = content.unit_rule == UnitRule.SHOWN
        body: dict[str, Any] = {"unit": content.unit if shown else ""}
        if not shown:
            body["unit_rule"] = str(content.unit_rule)
        if content.digits_rule != DigitsRule.ANY:
            body |= {"digits_rule": str(content.digits_rule), "digits": content.digits}
        return body

    def key(self, content: QuestionContent) -> dict[str, Any]:
        key: dict[str, Any] = {
            "value": content.value,
            "tolerance": content.tolerance,
            "tolerance_kind": str(content.tolerance_kind),
        }
        if content.unit_rule != UnitRule.SHOWN:
            key["unit"] = content.unit
            key["units"] = [[one.name, one.factor] for one in content.units]
            key["unit_cost"] = _plain(content.unit_cost)
        if content.digits_rule != DigitsRule.ANY:
            key["digits_cost"] = _plain(content.digits_cost)
        return key

    def fields(self, body: Json, key: Json) -> dict[str, Any]:
        return {
            "value": str(key.get("value", "")),
            "tolerance": str(key.get("tolerance", "0")),
            "tolerance_kind": ToleranceKind(key.get("tolerance_kind", ToleranceKind.ABSOLUTE)),
            "unit": str(key.get("unit", body.get("unit", ""))),
            "units": tuple(Unit(name, factor) for name, factor in key.get("units", ())),
            "unit_rule": UnitRule(body.get("unit_rule", UnitRule.SHOWN)),
            "unit_cost": Decimal(key.get("unit_cost", "100")),
            "digits_rule": DigitsRule(body.get("digits_rule", DigitsRule.ANY)),
            "digits": int(body.get("digits", 0)),
            "digits_cost": Decimal(key.get("digits_cost", "100")),
        }

    def shown(self, body: Json, order: Sequence[str], answer: Answer, html: Render | None) -> Shown:
        return Shown(unit=str(body.get("unit", "")), rule=" ".join(_rules(body)))

    def read(self, content: QuestionContent, raw: object, /) -> Answer:
        """The number as typed, with the unit if one was; only white space is no answer."""
        if not isinstance(raw, str):
            raise Invalid(_("Answer with a number, written as text."), field="answer")
        typed = raw.strip()
        if not typed:
            return None
        split_answer(content, typed)
        return typed

    def fraction(self, content: QuestionContent, answer: Answer) -> Decimal:
        return share(content, judge(content, str(answer)))

    def solution(self, content: QuestionContent) -> Answer:
        """The value as it is asked for: with its unit and its digits where they must be written."""
        return as_asked(content)

    def solution_words(self, content: QuestionContent) -> list[str]:
        if content.unit_rule == UnitRule.REQUIRED:
            return [as_asked(content)]
        return [f"{as_asked(content)} {content.unit}".strip()]

    def feedback(self, content: QuestionContent, answer: Answer) -> tuple[str, ...]:
        """What is wrong about how a right number is written."""
        judged = judge(content, str(answer))
        if not judged.right:
            return ()
        unit = () if judged.unit else (_("The number is right, its unit is not."),)
        digits = () if judged.digits else (_("It is written with another number of digits."),)
        return unit + digits

    def counted(self, content: QuestionContent, answer: Answer) -> list[Counted]:
        typed, unit = split_answer(content, str(answer))
        choice = f"{read_number(typed).normalize()} {folded_unit(unit)}".strip()
        beside = content.unit if content.unit_rule == UnitRule.SHOWN and not unit else ""
        right = self.fraction(content, answer) == FULL
        return [Counted(choice, f"{answer} {beside}".strip(), right)]

    def extras(self, content: QuestionContent) -> dict[str, str]:
        said = {"unit": content.unit} if content.unit else {}
        if content.tolerance_kind == ToleranceKind.RELATIVE:
            said["share"] = content.tolerance
        if content.unit_rule != UnitRule.SHOWN:
            said["unit-rule"] = str(content.unit_rule)
            said["unit-cost"] = _plain(content.unit_cost)
            pairs = (f"{quote(one.name, safe='')}={one.factor}" for one in content.units)
            said["units"] = ";".join(pairs)
        if content.digits_rule != DigitsRule.ANY:
            said["digits"] = f"{content.digits} {content.digits_rule}"
            said["digits-cost"] = _plain(content.digits_cost)
        return said

    def from_extras(self, said: Mapping[str, str]) -> dict[str, Any]:
        found: dict[str, Any] = {"unit": said["unit"]} if "unit" in said else {}
        if number_or_none(said.get("share", "")) is not None:
            found |= {"tolerance": said["share"], "tolerance_kind": ToleranceKind.RELATIVE}
        if said.get("unit-rule") in UnitRule.values:
            pairs = [pair.partition("=") for pair in said.get("units", "").split(";") if pair]
            found["unit_rule"] = UnitRule(said["unit-rule"])
            found["units"] = tuple(Unit(unquote(name), factor) for name, _mark, factor in pairs)
        count, _space, rule = said.get("digits", "").partition(" ")
        if rule in DigitsRule.values and count.isdecimal():
            found |= {"digits_rule": DigitsRule(rule), "digits": int(count[:9])}
        for tag, field in (("unit-cost", "unit_cost"), ("digits-cost", "digits_cost")):
            cost = number_or_none(said.get(tag, ""))
            found |= {} if cost is None else {field: cost}
        return found


def share(content: QuestionContent, judged: Judged) -> Decimal:
    """The share of the points that a judged number earns."""
    if not judged.right:
        return NOTHING
    cost = (0 if judged.unit else content.unit_cost) + (0 if judged.digits else content.digits_cost)
    return max(FULL - Decimal(cost) / HUNDRED, NOTHING)


def check_units(content: QuestionContent) -> None:
    """Raise Invalid for units that cannot be told apart or converted."""
    check_text(content.unit, field="unit", limit=MAX_UNIT)
    _check_cost(content.unit_cost, "unit_cost")
    if content.unit_rule == UnitRule.SHOWN:
        return
    if not content.unit.strip():
        raise Invalid(_("Say which unit the right number has."), field="unit")
    if len(content.units) > MAX_UNITS:
        raise Invalid(_("Give at most %(most)s more units.") % {"most": MAX_UNITS}, field="units")
    _check_names(content)
    for one in content.units:
        if one.amount <= 0 or len(one.amount.as_tuple().digits) > FACTOR_DIGITS:
            words = _("The factor of %(unit)s is above 0 and has at most 15 digits.")
            raise Invalid(words % {"unit": one.name}, field="units")


def _check_names(content: QuestionContent) -> None:
    names = [folded_unit(content.unit), *(folded_unit(one.name) for one in content.units)]
    if not all(names) or len(set(names)) < len(names):
        raise Invalid(_("A unit is empty or there twice."), field="units")
    for name in (content.unit, *(one.name for one in content.units)):
        if split_number(f"1 {name}") != ("1", name.strip()):
            words = _("“%(unit)s” would be read as a part of the number.")
            raise Invalid(words % {"unit": name}, field="units")
        check_text(name, field="units", limit=MAX_UNIT)


def check_digits(content: QuestionContent) -> None:
    """Raise Invalid for a number of digits that nobody can write."""
    _check_cost(content.digits_cost, "digits_cost")
    if content.digits_rule == DigitsRule.ANY:
        return
    fewest = 1 if content.digits_rule == DigitsRule.FIGURES else 0
    if not fewest <= content.digits <= MAX_DIGITS:
        words = _("Ask for %(fewest)s to %(most)s digits.")
        raise Invalid(words % {"fewest": fewest, "most": MAX_DIGITS}, field="digits")


def _rules(body: Json) -> list[str]:
    """How the number is to be written, in words."""
    units = {
        UnitRule.OPTIONAL: _("You may write a unit behind the number."),
        UnitRule.REQUIRED: _("Write the unit behind the number."),
    }
    rules = [units[UnitRule(body["unit_rule"])]] if "unit_rule" in body else []
    if "digits" in body:
        count = body["digits"]
        if body["digits_rule"] == DigitsRule.FIGURES:
            words = ngettext(
                "Give %(n)s significant figure.", "Give %(n)s significant figures.", count
            )
        else:
            words = ngettext(
                "Give %(n)s digit after the point.", "Give %(n)s digits after the point.", count
            )
        rules.append(words % {"n": count})
    return rules


def _check_cost(cost: Decimal, field: str) -> None:
    if not cost.is_finite() or not 0 <= cost <= HUNDRED:
        raise Invalid(_("It costs between 0 and 100 per cent."), field=field)


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
