"""Letters and other words for percentages."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

MAX_LEVELS = 30
MAX_LABEL = 40
MOST = Decimal(1000)


@dataclass(frozen=True, slots=True)
class Level:
    """A word for every percentage from `least` up to the next level."""

    label: str
    least: Decimal


LETTERS = tuple(
    Level(label, Decimal(least))
    for label, least in (("A", 90), ("B", 80), ("C", 70), ("D", 60), ("F", 0))
)
PASS_FAIL = (Level("Pass", Decimal(50)), Level("Fail", Decimal(0)))


def level_of(levels: Sequence[Level], percent: Decimal) -> str:
    """The word for a percentage as stored, with four decimals: 89.9999 is not yet 90."""
    ranked = sorted(levels, key=lambda level: level.least, reverse=True)
    return next((level.label for level in ranked if percent >= level.least), "")


def percent_of(levels: Sequence[Level], label: str) -> Decimal | None:
    """The percentage that a word stands for when it is given as a grade: its level's middle.

    The highest level stands for 100, the lowest for what it begins with.
    """
    ranked = sorted(levels, key=lambda level: level.least)
    for number, level in enumerate(ranked):
        if level.label.casefold() != label.strip().casefold():
            continue
        if number == len(ranked) - 1:
            return max(Decimal(100), level.least)
        return level.least if number == 0 else (level.least + ranked[number + 1].least) / 2
    return None


def problem_of(levels: Sequence[Level]) -> str:
    """What is wrong with levels as a stable word, empty when nothing is."""
    labels = [level.label.strip() for level in levels]
    borders = [level.least for level in levels]
    if not 1 < len(levels) <= MAX_LEVELS:
        return "count"
    if any(not label or len(label) > MAX_LABEL for label in labels):
        return "label"
    if len({label.casefold() for label in labels}) < len(labels) or len({*borders}) < len(borders):
        return "twice"
    if any(not border.is_finite() or not 0 <= border <= MOST for border in borders):
        return "range"
    return "" if min(borders) == 0 else "lowest"
