"""Numeric: right when the number lies within the tolerance, borders included.

Absolute: |answer - value| <= tolerance. Relative: |answer - value| <= tolerance * |value|.
Decimal arithmetic throughout, so 0.1 + 0.2 equals 0.3.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal, localcontext
from typing import Any

from django.utils.translation import gettext as _

from assessments.enums import QuestionKind, ToleranceKind
from assessments.scoring.content import QuestionContent, check_text
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
from lms.kernel.errors import Invalid

MAX_UNIT = 30
# Enough digits that a sum of any two accepted numbers is exact (40 digits, exponents to 30).
_DIGITS = 160


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
        check_text(content.unit, field="unit", limit=MAX_UNIT)

    def body(self, content: QuestionContent, render: Render) -> dict[str, Any]:
        return {"unit": content.unit}

    def key(self, content: QuestionContent) -> dict[str, Any]:
        return {
            "value": content.value,
            "tolerance": content.tolerance,
            "tolerance_kind": str(content.tolerance_kind),
        }

    def fields(self, body: Json, key: Json) -> dict[str, Any]:
        return {
            "value": str(key.get("value", "")),
            "tolerance": str(key.get("tolerance", "0")),
            "tolerance_kind": ToleranceKind(key.get("tolerance_kind", ToleranceKind.ABSOLUTE)),
            "unit": str(body.get("unit", "")),
        }

    def shown(self, body: Json, order: Sequence[str], answer: Answer, html: Render | None) -> Shown:
        return Shown(unit=str(body.get("unit", "")))

    def read(self, _content: QuestionContent, raw: object, /) -> Answer:
        """The number as typed; only white space is no answer."""
        if not isinstance(raw, str):
            raise Invalid(_("Answer with a number, written as text."), field="answer")
        typed = raw.strip()
        if not typed:
            return None
        read_number(typed)
        return typed

    def fraction(self, content: QuestionContent, answer: Answer) -> Decimal:
        with localcontext(prec=_DIGITS):
            value = read_number(content.value)
            allowed = read_number(content.tolerance)
            if content.tolerance_kind == ToleranceKind.RELATIVE:
                allowed *= abs(value)
            fits = abs(read_number(str(answer)) - value) <= allowed
        return FULL if fits else NOTHING

    def solution(self, content: QuestionContent) -> Answer:
        return content.value.strip()

    def solution_words(self, content: QuestionContent) -> list[str]:
        return [f"{content.value} {content.unit}".strip()]

    def counted(self, content: QuestionContent, answer: Answer) -> list[Counted]:
        number = read_number(str(answer))
        words = f"{answer} {content.unit}".strip()
        return [Counted(str(number.normalize()), words, self.fraction(content, answer) == FULL)]

    def extras(self, content: QuestionContent) -> dict[str, str]:
        said = {"unit": content.unit} if content.unit else {}
        if content.tolerance_kind == ToleranceKind.RELATIVE:
            said["share"] = content.tolerance
        return said

    def from_extras(self, said: Mapping[str, str]) -> dict[str, Any]:
        unit = {"unit": said["unit"]} if "unit" in said else {}
        if number_or_none(said.get("share", "")) is None:
            return unit
        relative = {"tolerance_kind": ToleranceKind.RELATIVE}
        return {**unit, "tolerance": said["share"], **relative}
