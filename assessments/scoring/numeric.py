"""Numeric: right when the number lies within the tolerance, borders included.

Absolute: |answer - value| <= tolerance. Relative: |answer - value| <= tolerance * |value|.
Decimal arithmetic throughout, so 0.1 + 0.2 equals 0.3.
"""

from decimal import Decimal, localcontext

from django.utils.translation import gettext as _

from assessments.enums import QuestionKind, ToleranceKind
from assessments.scoring.content import QuestionContent, check_text
from assessments.scoring.kinds import FULL, NOTHING, Answer
from assessments.scoring.numbers import read_number
from lms.kernel.errors import Invalid

MAX_UNIT = 30
# Enough digits that a sum of any two accepted numbers is exact (40 digits, exponents to 30).
_DIGITS = 160


class Numeric:
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
