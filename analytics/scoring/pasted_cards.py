"""Many flashcards at once, as they are pasted: a card a line, its sides apart by a tab or `;`.

A table that begins with a line of the columns `front` and `back` is read as CSV: what Cairn
exports, and what spreadsheets save, comes back with its line breaks and separators.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext as _

MOST_LINES: Final = 500
MAX_PASTED: Final = 200_000
# A cell that a spreadsheet would run was quoted when it was exported (C7).
UNQUOTED: Final = re.compile(r"^'(?=[=+\-@\t\r])")
# The number of a line, the line, and the two sides.
Row = tuple[int, str, str, str]
# How other programs begin the lists that they write.
HEADERS: Final = ("#separator:", "#html:", "#notetype", "#deck", "#tags", "#columns:")


@dataclass(frozen=True, slots=True)
class PastedCard:
    """A card and the line it was on, from 1."""

    line: int
    front: str
    back: str


@dataclass(frozen=True, slots=True)
class PastedProblem:
    """A line that makes no card, and why."""

    line: int
    text: str
    words: str


@dataclass(slots=True)
class Pasted:
    """What a text makes: its cards, and its lines that make none."""

    cards: list[PastedCard] = field(default_factory=list)
    problems: list[PastedProblem] = field(default_factory=list)


def pasted_cards(text: str, *, max_side: int) -> Pasted:
    """Read a card from each line that is not empty, or from each row of a table.

    In a line a tab goes before a semicolon. Reading ends behind the 500th line that makes no card,
    and where a card more than 500 stands.
    """
    found = Pasted()
    taken: dict[tuple[str, str], int] = {}
    table = _table(text)
    for number, line, front, back in table or _lines(text):
        words = _problem(front, back, max_side)
        if words and front and not back and table is not None:
            words = _("The back is empty.")
        first = taken.setdefault((front, back), number)
        if not words and first != number:
            words = _("The same as line %(line)d.") % {"line": first}
        if not words and len(found.cards) >= MOST_LINES:
            words = _("At most 500 cards at once.")
        if words:
            found.problems.append(PastedProblem(number, line[:200], words))
            if max(len(found.cards), len(found.problems)) >= MOST_LINES:
                break
        else:
            found.cards.append(PastedCard(number, front, back))
    return found


def _lines(text: str) -> Iterator[Row]:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.startswith(HEADERS):
            yield (number, line, *_sides(line))


def _table(text: str) -> Iterator[Row] | None:
    """The rows of a table with a head; None for a text that is none."""
    text = text.removeprefix("\ufeff").lstrip("\r\n")
    head = text.partition("\n")[0]
    for mark in (",", ";", "\t"):
        names = [name.strip().strip('"').lower() for name in head.split(mark)]
        if {"front", "back"} <= set(names):
            return _rows(text, mark, names.index("front"), names.index("back"))
    return None


def _rows(text: str, mark: str, front: int, back: int) -> Iterator[Row]:
    csv.field_size_limit(MAX_PASTED)
    rows = csv.reader(text.splitlines(keepends=True), delimiter=mark)
    next(rows)
    number = rows.line_num + 1
    for row in rows:
        cells = [UNQUOTED.sub("", cell).strip() for cell in row]
        if any(cells):
            pair = [cells[at] if at < len(cells) else "" for at in (front, back)]
            yield number, mark.join(row), pair[0], pair[1]
        number = rows.line_num + 1


def _sides(line: str) -> tuple[str, str]:
    mark = "\t" if "\t" in line else ";"
    front, _mark, back = line.partition(mark)
    return front.strip(), back.strip()


def _problem(front: str, back: str, max_side: int) -> str:
    if not front and not back:
        return _("Both sides are empty.")
    if not front:
        return _("The front is empty.")
    if not back:
        return _("There is no back: put a tab or a semicolon between the two sides.")
    if max(len(front), len(back)) > max_side:
        return _("A side has at most %(limit)d characters.") % {"limit": max_side}
    return ""
