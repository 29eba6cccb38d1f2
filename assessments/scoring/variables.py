"""The numbers of a formula question: drawn once per attempt, stored, and put into its words."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Final

from django.utils.translation import gettext as _

from assessments.scoring.expression import MAX_NAME, RESERVED, is_name
from assessments.scoring.numbers import read_number
from lms.kernel.errors import Invalid

MAX_VARIABLES: Final = 12
MAX_VALUES: Final = 1_000_000
LARGEST: Final = Decimal(10**12)
MOST_DECIMALS: Final = -12
Values = Mapping[str, Decimal]
_MATH: Final = re.compile(r"\\.|(`+).*?\1|(?P<math>\$\$.+?\$\$|\$[^$\n]+?\$)", re.DOTALL)
_PLACE: Final = re.compile(r"\{([A-Za-z][A-Za-z0-9_]*)\}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Variable:
    """A name and its values: `low`, `low + step`, ... up to `high`, each equally likely.

    Numbers as typed. Values are shown with as many decimals as `low` and `step` have.
    """

    name: str
    low: str
    high: str
    step: str = "1"

    @property
    def count(self) -> int:
        """How many values there are."""
        low, high, step = self._numbers()
        return int((high - low) // step) + 1

    def value(self, place: int) -> Decimal:
        """The value at that place, from 0."""
        low, _high, step = self._numbers()
        return low + place * step

    def _numbers(self) -> tuple[Decimal, Decimal, Decimal]:
        return read_number(self.low), read_number(self.high), read_number(self.step)


def check_variables(variables: Sequence[Variable]) -> None:
    """Raise Invalid for `variables` unless each has a name of its own and 1..1,000,000 values."""
    if not 1 <= len(variables) <= MAX_VARIABLES:
        words = _("Give between 1 and %(most)s variables.")
        raise Invalid(words % {"most": MAX_VARIABLES}, field="variables")
    names = [variable.name for variable in variables]
    for name in names:
        if not is_name(name):
            raise Invalid(_name_words(name), field="variables")
    if len(set(names)) < len(names):
        raise Invalid(_("Two variables have the same name."), field="variables")
    for variable in variables:
        _check_range(variable)


def draw(variables: Sequence[Variable], random: Random) -> dict[str, Decimal]:
    """A value for each variable."""
    return {one.name: one.value(random.randrange(one.count)) for one in variables}


def corners(variables: Sequence[Variable]) -> Iterator[dict[str, Decimal]]:
    """Each variable at its first, last and zero value with the others at their first or last."""
    for others in (0, -1):
        base = {one.name: one.value(others % one.count) for one in variables}
        for one in variables:
            for place in {0, one.count - 1, _zero_place(one)}:
                yield {**base, one.name: one.value(place)}


def filled(text: str, values: Values) -> str:
    """The text with `{name}` replaced; inside $math$ the braces stay, so that they still group."""
    parts: list[str] = []
    end = 0
    for found in _MATH.finditer(text):
        if found["math"]:
            parts.append(_replaced(text[end : found.start()], values, braces=False))
            parts.append(_replaced(found["math"], values, braces=True))
            end = found.end()
    parts.append(_replaced(text[end:], values, braces=False))
    return "".join(parts)


def unknown_places(text: str, names: Sequence[str]) -> list[str]:
    """Names in braces, outside math and code, that no variable has."""
    bare = _MATH.sub(" ", text)
    return [name for name in _PLACE.findall(bare) if name not in names]


def shown(value: Decimal) -> str:
    """A drawn value as it stands in the text."""
    return f"{value:f}"


def _replaced(text: str, values: Values, *, braces: bool) -> str:
    def put(found: re.Match[str]) -> str:
        if found[1] not in values:
            return found[0]
        return f"{{{shown(values[found[1]])}}}" if braces else shown(values[found[1]])

    return _PLACE.sub(put, text)


def _zero_place(one: Variable) -> int:
    """The place of zero among the values, or the first."""
    place = -one.value(0) / (one.value(1) - one.value(0))
    return int(place) if place == int(place) and 0 <= place < one.count else 0


def _exponent(number: Decimal) -> int:
    return int(number.as_tuple().exponent)


def _check_range(variable: Variable) -> None:
    said = {"name": variable.name}
    try:
        low, high, step = (
            read_number(text) for text in (variable.low, variable.high, variable.step)
        )
    except Invalid as problem:
        words = _("Variable %(name)s: %(problem)s") % {**said, "problem": problem.detail}
        raise Invalid(words, field="variables") from problem
    if any(
        abs(number) > LARGEST or _exponent(number) < MOST_DECIMALS for number in (low, high, step)
    ):
        words = _("Variable %(name)s: at most twelve digits before and after the point.")
        raise Invalid(words % said, field="variables")
    if step <= 0:
        raise Invalid(_("Variable %(name)s: the step is above 0.") % said, field="variables")
    if high < low:
        words = _("Variable %(name)s: the end lies before the start.")
        raise Invalid(words % said, field="variables")
    if (high - low) / step >= MAX_VALUES:
        words = _("Variable %(name)s has too many values. Take a larger step.")
        raise Invalid(words % said, field="variables")


def _name_words(name: str) -> str:
    if name in RESERVED:
        return _("“%(name)s” is a function or constant; name the variable otherwise.") % {
            "name": name
        }
    words = _(
        "A variable is named by a letter and then letters, digits or _, at most %(most)s of them."
    )
    return words % {"most": MAX_NAME}
