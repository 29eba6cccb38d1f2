"""Formula: a number that each attempt works out with values of its own.

Variables are drawn once, on the server, when an attempt starts, and stored with it; the right
number is the expression worked out with them, stated with twelve significant figures. From there on
it is judged like any number: tolerance, units, digits.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random
from typing import Any, Final
from urllib.parse import quote, unquote

from django.utils.translation import gettext as _

from assessments.enums import QuestionKind
from assessments.scoring.content import QuestionContent, detail_of
from assessments.scoring.expression import Expression, read_expression, stated
from assessments.scoring.judging import as_asked
from assessments.scoring.kinds import Answer, Json, Sample
from assessments.scoring.numbers import read_number
from assessments.scoring.numeric import Numeric, check_digits, check_units
from assessments.scoring.variables import (
    Values,
    Variable,
    check_variables,
    corners,
    draw,
    filled,
    shown,
    unknown_places,
)
from lms.kernel.errors import Invalid

TRIED: Final = 200
DRAWS: Final = 100


@dataclass(frozen=True, slots=True)
class Formula:
    """The variables, and the expression that works out the right number from them."""

    variables: tuple[Variable, ...] = ()
    expression: str = ""


class FormulaType(Numeric):
    kind = QuestionKind.FORMULA
    draws = True

    def check(self, content: QuestionContent) -> None:
        formula = detail_of(content, Formula)
        check_variables(formula.variables)
        names = [one.name for one in formula.variables]
        expression = read_expression(formula.expression)
        unknown = sorted(expression.names - set(names))
        if unknown:
            words = _("“%(name)s” in the expression is no variable.")
            raise Invalid(words % {"name": unknown[0]}, field="expression")
        for field, text in (("stem", content.stem), ("explanation", content.explanation)):
            for name in unknown_places(text, names):
                words = _("{%(name)s} is no variable.")
                raise Invalid(words % {"name": name}, field=field)
        if read_number(content.tolerance, field="tolerance") < 0:
            raise Invalid(_("The tolerance is 0 or more."), field="tolerance")
        check_units(content)
        check_digits(content)
        for values in _tried(formula):
            expression.work_out(values)

    def key(self, content: QuestionContent) -> dict[str, Any]:
        formula = detail_of(content, Formula)
        key = super().key(content)
        del key["value"]
        rows = [[one.name, one.low, one.high, one.step] for one in formula.variables]
        return {**key, "variables": rows, "expression": formula.expression}

    def fields(self, body: Json, key: Json) -> dict[str, Any]:
        variables = tuple(Variable(*row) for row in key.get("variables", ()))
        formula = Formula(variables, str(key.get("expression", "")))
        return {**super().fields(body, key), "detail": formula}

    def draw(self, content: QuestionContent, random: Random) -> dict[str, Any]:
        """Values for which the expression has a value; raises Invalid when none are found."""
        formula = detail_of(content, Formula)
        expression = read_expression(formula.expression)
        for last in reversed(range(DRAWS)):
            values = draw(formula.variables, random)
            try:
                expression.work_out(values)
            except Invalid:
                if not last:
                    raise
                continue
            break
        return {name: shown(value) for name, value in values.items()}

    def with_drawn(self, content: QuestionContent, drawn: Json) -> QuestionContent:
        """The question with its numbers: in its words, and as the right number."""
        formula = detail_of(content, Formula)
        values = _values(drawn)
        if content.value:
            return content
        missing = sorted(_expression(formula).names - set(values))
        if missing:
            words = _("“%(name)s” was not drawn for this attempt.")
            raise Invalid(words % {"name": missing[0]}, field="expression")
        value = stated(_expression(formula).work_out(values))
        return replace(
            content,
            stem=filled(content.stem, values),
            explanation=filled(content.explanation, values),
            value=f"{value:f}",
        )

    def worded(self, text: str, drawn: Json) -> str:
        return filled(text, _values(drawn))

    def samples(self, content: QuestionContent, count: int) -> list[Sample]:
        """Sets of values with the right number, the same for the same question."""
        random, found = Random(1), list[Sample]()  # noqa: S311 - samples are no secret
        for _number in range(count):
            drawn = self.draw(content, random)
            found.append(Sample(drawn, as_asked(self.with_drawn(content, drawn))))
        return found

    def solution(self, content: QuestionContent) -> Answer:
        """The right number, or before anything is drawn the expression for it."""
        return as_asked(content) if content.value else detail_of(content, Formula).expression

    def solution_words(self, content: QuestionContent) -> list[str]:
        return super().solution_words(content) if content.value else [str(self.solution(content))]

    def extras(self, content: QuestionContent) -> dict[str, str]:
        formula = detail_of(content, Formula)
        rows = (
            ":".join(quote(part, safe="") for part in (one.name, one.low, one.high, one.step))
            for one in formula.variables
        )
        said = {"variables": ";".join(rows), "expression": formula.expression}
        return {**super().extras(content), **said, "tolerance": content.tolerance}

    def from_extras(self, said: Mapping[str, str]) -> dict[str, Any]:
        rows = [row.split(":") for row in said.get("variables", "").split(";") if row]
        found = super().from_extras(said)
        if "expression" not in said or any(len(row) != len(Variable.__slots__) for row in rows):
            return found
        variables = tuple(Variable(*(unquote(part) for part in row)) for row in rows)
        found.setdefault("tolerance", said.get("tolerance", "0"))
        return {**found, "detail": Formula(variables, said["expression"])}


def _expression(formula: Formula) -> Expression:
    return read_expression(formula.expression)


def _values(drawn: Json) -> Values:
    return {name: Decimal(str(value)) for name, value in drawn.items()}


def _tried(formula: Formula) -> Iterator[Mapping[str, Decimal]]:
    """Values that a sound expression must have a value for: the corners, and some at random."""
    yield from corners(formula.variables)
    random = Random(0)  # noqa: S311 - as above
    for _number in range(TRIED):
        yield draw(formula.variables, random)
