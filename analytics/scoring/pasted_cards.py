"""Many flashcards at once, as they are pasted: a card a line, its sides apart by a tab or `;`."""

from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext as _

MOST_LINES: Final = 500
MAX_PASTED: Final = 200_000
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
    """Read a card from each line that is not empty; a tab goes before a semicolon.

    Reading ends behind the 500th line that makes no card, and where a card more than 500 stands.
    """
    found = Pasted()
    taken: dict[tuple[str, str], int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith(HEADERS):
            continue
        front, back = _sides(line)
        words = _problem(front, back, max_side)
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
