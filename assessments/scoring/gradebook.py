"""Course totals: nested categories, drops, extra credit, and what counts of an empty cell.

One function makes the trace and with it the figure; `evaluate` works the figure out again from the
trace alone. Nothing here depends on the order of items: equal shares are told apart by their weight
and their key.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from assessments.enums import Aggregate, GradeStatus, StatusEffect, Ungraded
from assessments.scoring.gradebook_statuses import NO_STATUSES, CourseStatus, Statuses
from assessments.scoring.gradebook_trace import (
    AS_ZERO,
    DROPPED,
    DROPPED_HIGHEST,
    DROPPED_LOWEST,
    EMPTY,
    EXCUSED,
    LATE,
    MISSING,
    STATUS_AS_GIVEN,
    STATUS_LEFT_OUT,
    STATUS_PERCENT,
    STATUS_ZERO,
    UNGRADED,
    WEIGHTLESS,
    Part,
    Step,
    fold,
    scaled,
)
from assessments.scoring.lateness import missing_score

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Item:
    """A column: what it is out of and what it weighs in its category."""

    key: str
    name: str
    full: Decimal
    weight: Decimal = Decimal(1)
    extra: bool = False


@dataclass(frozen=True, slots=True)
class Category:
    """Parts under one rule; the course itself is the outermost one.

    `drop_lowest` and `drop_highest` leave out so many parts, extra credit apart, but never all.
    """

    key: str
    name: str
    rule: Aggregate
    parts: tuple["Item | Category", ...]
    weight: Decimal = Decimal(1)
    extra: bool = False
    drop_lowest: int = 0
    drop_highest: int = 0


@dataclass(frozen=True, slots=True)
class Mark:
    """A learner's cell: `score` of `full`, or none with a status that says why.

    `status` is a built-in one or the key of one of the course's own.
    """

    score: Decimal | None
    full: Decimal
    status: str = GradeStatus.GRADED


class _Counted(NamedTuple):
    """The score that counts, what is worth saying of it, why there is none, under which status."""

    score: Decimal | None
    note: str = ""
    left_out: str = ""
    status: str = ""


def compute(
    book: Category,
    marks: Mapping[str, Mark],
    *,
    ungraded: str,
    statuses: Statuses = NO_STATUSES,
) -> Step:
    """The step tree of a learner's cells, by item key; an item without a cell is ungraded.

    `statuses` are the course's own, by key.
    """
    parts = [
        _of_item(part, marks.get(part.key), ungraded, statuses)
        if isinstance(part, Item)
        else compute(part, marks, ungraded=ungraded, statuses=statuses)
        for part in book.parts
    ]
    if book.rule == Aggregate.WEIGHTED_MEAN:
        parts = [_weighed(part) for part in parts]
    if book.drop_lowest or book.drop_highest:
        parts = _dropped(book, parts)
    counted = (
        Part(part.share, part.possible, part.weight, part.extra, part.left_out in DROPPED)
        for part in parts
        if part.share is not None and (not part.left_out or part.left_out in DROPPED)
    )
    share, possible = fold(book.rule, counted)
    return Step(
        key=book.key,
        name=book.name,
        weight=scaled(book.weight),
        possible=possible,
        share=share,
        extra=book.extra,
        left_out=EMPTY if share is None else "",
        rule=book.rule,
        parts=tuple(parts),
    )


def _of_item(item: Item, mark: Mark | None, ungraded: str, statuses: Statuses) -> Step:
    full = item.full if mark is None or mark.score is None else mark.full
    found = _counted(mark, full, ungraded, statuses)
    possible = scaled(full)
    if not possible:
        found = _Counted(None, left_out=found.left_out or EMPTY, status=found.status)
    return Step(
        key=item.key,
        name=item.name,
        weight=scaled(item.weight),
        possible=possible,
        share=None if found.score is None else Fraction(scaled(found.score), possible),
        extra=item.extra,
        left_out=found.left_out,
        note=found.note,
        score=found.score,
        status=found.status,
    )


def _counted(mark: Mark | None, full: Decimal, ungraded: str, statuses: Statuses) -> _Counted:
    own = None if mark is None else statuses.get(mark.status)
    if own is not None and mark is not None:
        return _by_effect(own, mark, full, ungraded)
    if mark is not None and mark.status == GradeStatus.EXCUSED:
        return _Counted(None, left_out=EXCUSED)
    if mark is not None and mark.score is not None:
        return _Counted(mark.score, mark.status if mark.status in {LATE, MISSING} else "")
    if mark is not None and mark.status == GradeStatus.MISSING:
        return _Counted(NOTHING, MISSING)
    return _empty(ungraded)


def _by_effect(own: CourseStatus, mark: Mark, full: Decimal, ungraded: str) -> _Counted:
    """What a status of the course's own makes of a cell, whatever was scored."""
    if own.effect == StatusEffect.LEFT_OUT:
        return _Counted(None, left_out=STATUS_LEFT_OUT, status=own.name)
    if own.effect == StatusEffect.ZERO:
        return _Counted(NOTHING, STATUS_ZERO, status=own.name)
    if own.effect == StatusEffect.PERCENT:
        return _Counted(
            missing_score(full, own.percent or NOTHING), STATUS_PERCENT, status=own.name
        )
    if mark.score is not None:
        return _Counted(mark.score, STATUS_AS_GIVEN, status=own.name)
    return _empty(ungraded, own.name)


def _empty(ungraded: str, status: str = "") -> _Counted:
    if ungraded == Ungraded.ZERO:
        return _Counted(NOTHING, AS_ZERO, status=status)
    return _Counted(None, left_out=UNGRADED, status=status)


def _weighed(part: Step) -> Step:
    if part.left_out or part.weight:
        return part
    return replace(part, left_out=WEIGHTLESS)


def _dropped(book: Category, parts: list[Step]) -> list[Step]:
    """The parts with the lowest and highest left out; of equals the weightier low one first."""
    by_points = book.rule == Aggregate.POINTS
    ranked = sorted(
        (part for part in parts if not part.left_out and not part.extra),
        key=lambda part: (part.share, -(part.possible if by_points else part.weight), part.key),
    )
    lowest = min(book.drop_lowest, max(len(ranked) - 1, 0))
    highest = min(book.drop_highest, max(len(ranked) - lowest - 1, 0))
    low = {id(part) for part in ranked[:lowest]}
    high = {id(part) for part in ranked[len(ranked) - highest :]}
    return [
        replace(part, left_out=DROPPED_LOWEST)
        if id(part) in low
        else replace(part, left_out=DROPPED_HIGHEST)
        if id(part) in high
        else part
        for part in parts
    ]


def flat(items: tuple[Item, ...], rule: Aggregate = Aggregate.POINTS) -> Category:
    """The book of a course without categories."""
    return Category(key="", name="", rule=rule, parts=items)
