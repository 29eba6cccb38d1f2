"""Why a grade is what it is: the tree of steps that made it, and the figure it gives.

A figure is a share of 1, kept as an exact fraction, and rounded ONCE, for the whole: to a
percentage of four decimals, halves away from zero. People see two of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from assessments.enums import Aggregate

SCALE = 10_000
SHOWN = Decimal("0.01")
MOST_PERCENT = Decimal(1000)

# Why a part is not counted.
EXCUSED = "excused"
UNGRADED = "ungraded"
DROPPED_LOWEST = "dropped_lowest"
DROPPED_HIGHEST = "dropped_highest"
DROPPED = frozenset({DROPPED_LOWEST, DROPPED_HIGHEST})
WEIGHTLESS = "weightless"
EMPTY = "empty"
STATUS_LEFT_OUT = "status_left_out"
# What is worth saying of a part that counts.
MISSING = "missing"
LATE = "late"
AS_ZERO = "as_zero"
STATUS_AS_GIVEN = "status_as_given"
STATUS_ZERO = "status_zero"
STATUS_PERCENT = "status_percent"


@dataclass(frozen=True, slots=True)
class Step:
    """A score, or a category over its parts. `left_out` says why it does not count, else empty.

    `possible` and `weight` are in ten-thousandths. `share` is exact, None when nothing counts.
    `score` is the one that counts; `status` names a status of the course's own that made it so.
    """

    key: str
    name: str
    weight: int
    possible: int
    share: Fraction | None
    extra: bool = False
    left_out: str = ""
    note: str = ""
    score: Decimal | None = None
    status: str = ""
    rule: str = ""
    parts: tuple["Step", ...] = ()


@dataclass(frozen=True, slots=True)
class Trace:
    """How a course total came about; an override stands above what was computed."""

    step: Step
    override: Decimal | None = None
    reason: str = ""


class Part(NamedTuple):
    """What `fold` needs of a part that counts, or that was dropped."""

    share: Fraction
    possible: int
    weight: int
    extra: bool
    dropped: bool


def fold(rule: str, parts: Iterable[Part]) -> tuple[Fraction | None, int]:
    """The share that parts have together, None when nothing carries it, and their points.

    Every rule is a mean: by points, by nothing, by weight. Extra credit adds its part on top of
    what the others carry. What is dropped still makes the points that the whole carries further up:
    otherwise dropping a low score could lower the total.
    """
    carried = possible = 0
    sums: dict[int, int] = {}
    for share, points, weight, extra, dropped in parts:
        possible += 0 if extra else points
        if dropped:
            continue
        counts = points if rule == Aggregate.POINTS else 1 if rule == Aggregate.MEAN else weight
        carried += 0 if extra else counts
        sums[share.denominator] = sums.get(share.denominator, 0) + counts * share.numerator
    if not carried:
        return None, possible
    top = sum((Fraction(number, below) for below, number in sums.items()), Fraction(0))
    return top / carried, possible


def percent(share: Fraction | None) -> Decimal | None:
    """The stored figure: a percentage to four decimals, halves away from zero, at most 1000."""
    if share is None:
        return None
    number, below = share.numerator * 100 * SCALE, share.denominator
    rounded = Decimal((2 * number + below) // (2 * below)).scaleb(-4)
    return min(rounded, MOST_PERCENT)


def shown(figure: Decimal) -> Decimal:
    """What people see of a figure: two decimals."""
    return figure.quantize(SHOWN, ROUND_HALF_UP)


def figure_of(trace: Trace) -> Decimal | None:
    """The figure that is stored for a trace."""
    return percent(trace.step.share) if trace.override is None else trace.override


def to_data(trace: Trace) -> dict[str, Any]:
    """A trace as plain JSON: numbers as text, all that `evaluate` needs."""
    return {
        "override": None if trace.override is None else str(trace.override),
        "reason": trace.reason,
        "step": _step_data(trace.step),
    }


def evaluate(data: dict[str, Any]) -> Decimal | None:
    """The figure that a trace's own numbers give, worked out again from nothing but them."""
    if data["override"] is not None:
        return Decimal(data["override"])
    share, _possible = _worked_out(data["step"])
    return percent(share)


def _step_data(step: Step) -> dict[str, Any]:
    figure = percent(step.share)
    return {
        "key": step.key,
        "name": step.name,
        "rule": step.rule,
        "weight": _text(step.weight),
        "extra": step.extra,
        "left_out": step.left_out,
        "note": step.note,
        "status": step.status,
        "score": None if step.score is None else f"{step.score:f}",
        "possible": _text(step.possible),
        "percent": None if figure is None else f"{figure:f}",
        "parts": [_step_data(part) for part in step.parts],
    }


def _worked_out(data: dict[str, Any]) -> tuple[Fraction | None, int]:
    if not data["rule"]:
        possible = scaled(Decimal(data["possible"]))
        if data["score"] is None or not possible:
            return None, possible
        return Fraction(scaled(Decimal(data["score"])), possible), possible
    counted = []
    for part in data["parts"]:
        dropped = part["left_out"] in DROPPED
        if part["left_out"] and not dropped:
            continue
        share, possible = _worked_out(part)
        if share is not None:
            weight = scaled(Decimal(part["weight"]))
            counted.append(Part(share, possible, weight, part["extra"], dropped))
    return fold(data["rule"], counted)


def scaled(number: Decimal) -> int:
    """A number of at most four decimals in ten-thousandths."""
    return int(number.scaleb(4))


def _text(number: int) -> str:
    return f"{Decimal(number).scaleb(-4):f}"
