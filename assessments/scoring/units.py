"""Numbers with a unit, as people type them: 9.81 m/s², 5km, $ 12."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from assessments.scoring.numbers import read_number

_NUMBER: Final = frozenset("0123456789.,+-'\u2019 \u00a0\u2009\u202f\u2212\u2013\u066b\u066c")
_DROPPED: Final = dict.fromkeys(map(ord, "^*\u00b7\u22c5\u2219 "))


@dataclass(frozen=True, slots=True)
class Unit:
    """An accepted unit: a number in it times `factor` is the number in the question's unit."""

    name: str
    factor: str = "1"

    @property
    def amount(self) -> Decimal:
        """The factor as a number; raises Invalid for anything else."""
        return read_number(self.factor, field="units")


def folded_unit(name: str) -> str:
    """A unit to compare by: m/s^2 is m/s², N·m is N m. Case stays: mW is not MW."""
    return unicodedata.normalize("NFKC", name).translate(_DROPPED)


def split_number(typed: str) -> tuple[str, str]:
    """The number and the unit in `typed`; either may be empty. A unit may stand on either side.

    An exponent belongs to the number (2e3 m), other letters to the unit (2 eV).
    """
    text = typed.strip()
    start = 0
    while start < len(text) and not (text[start].isdigit() or text[start] in "+-\u2212\u2013.,"):
        start += 1
    end = _number_end(text, start)
    number, after = text[start:end].strip(), text[end:].strip()
    before = text[:start].strip()
    return (number, f"{before}{after}") if not (before and after) else ("", text)


def find_unit(name: str, units: Sequence[Unit]) -> Unit | None:
    """The accepted unit of that name."""
    wanted = folded_unit(name)
    return next((unit for unit in units if folded_unit(unit.name) == wanted), None)


def _number_end(text: str, start: int) -> int:
    end = start
    while end < len(text) and (text[end].isdigit() or text[end] in _NUMBER):
        end += 1
    if text[end : end + 1] not in ("e", "E"):
        return end
    place = end + 1
    if text[place : place + 1] in ("+", "-", "\u2212"):
        place += 1
    digits = place
    while digits < len(text) and text[digits].isdigit():
        digits += 1
    return digits if digits > place else end
