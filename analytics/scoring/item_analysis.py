"""Item analysis: how each question of a quiz worked, from one attempt per learner.

Formulas of classical test theory; x is a learner's score in a question, T their whole score.

- facility p = mean of x / points (the "difficulty index" of Crocker & Algina 1986, ch. 5)
- item-total correlation r(x, T), and corrected r(x, T - x): the point-biserial of the question
  with the others, without itself (Henrysson 1963, Psychometrika 28, 211-218)
- alpha = k / (k - 1) * (1 - sum of var(x) / var(T)) (Cronbach 1951, Psychometrika 16, 297-334);
  KR-20 is the same for questions that are right or wrong, with p * (1 - p) for var(x)
  (Kuder & Richardson 1937, Psychometrika 2, 151-160)
- discrimination D = p of the upper minus p of the lower 27 % (Kelley 1939, Journal of Educational
  Psychology 30, 17-24; Ebel 1979)

Learners who were drawn different questions are compared by the share of the points they could
get. Nothing here is ever NaN: where a figure is not defined it is None with a reason.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from analytics.scoring.reliability import (
    alpha,
    correlation,
    deviation,
    mean,
    variance,
    weights_of_ends,
)

# From how many attempts on figures are read as saying something.
LEAST = 20
TOO_EASY, TOO_HARD = 0.95, 0.20


class Reason(StrEnum):
    """Why a figure is not defined."""

    NO_ATTEMPTS = "no_attempts"
    ONE_ATTEMPT = "one_attempt"
    ONE_QUESTION = "one_question"
    TWO_QUESTIONS = "two_questions"
    SAME_SCORES = "same_scores"
    SAME_TOTALS = "same_totals"
    DIFFERENT_QUESTIONS = "different_questions"
    PARTIAL_SCORES = "partial_scores"
    NO_POINTS = "no_points"


class Flag(StrEnum):
    """What deserves a look, from `LEAST` attempts on."""

    TOO_EASY = "too_easy"
    TOO_HARD = "too_hard"
    NEGATIVE = "negative"
    UNUSED_OPTION = "unused_option"


Figures = dict[str, float | None]
Reasons = dict[str, str]


@dataclass(frozen=True, slots=True)
class ItemScore:
    """What a learner got in a question of so many points; `chosen` are ids of options.

    `answered` tells whether there is an answer; none scores nothing and counts as wrong.
    """

    item: int
    score: Decimal
    points: Decimal
    answered: bool = True
    chosen: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """The score as a share of the points, 0..1."""
        return float(self.score / self.points)


@dataclass(frozen=True, slots=True)
class OptionFigures:
    """An option; the empty id stands for no answer.

    `count` chose it, `mean` is their mean whole score (0..1, None for nobody), `upper` and `lower`
    the shares of the upper and of the lower 27 % who chose it.
    """

    id: str
    count: int
    mean: float | None
    upper: float | None
    lower: float | None


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """One question: `figures` by name, None where `reasons` says why, and its options."""

    item: int
    n: int
    answered: int
    figures: Figures
    reasons: Reasons
    options: tuple[OptionFigures, ...] = ()
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class QuizFigures:
    """A quiz: `figures` of the whole scores of `n` learners, as shares of full marks.

    Alpha and KR-20 are from the `alpha_n` learners who were asked the same questions.
    """

    n: int
    alpha_n: int
    figures: Figures
    reasons: Reasons
    items: tuple[ItemFigures, ...]


@dataclass(slots=True)
class Tally:
    """Figures with the reasons for those that are not defined."""

    figures: Figures = field(default_factory=dict)
    reasons: Reasons = field(default_factory=dict)

    def put(self, name: str, value: float | None, reason: Reason | None = None) -> None:
        """Note a figure, or why there is none."""
        self.figures[name] = value
        if value is None and reason is not None:
            self.reasons[name] = str(reason)


Sheet = Sequence[ItemScore]
Options = Mapping[int, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Row:
    """An attempt by question, with its sums over the questions that are worth something."""

    scores: dict[int, ItemScore]
    score: Decimal
    points: Decimal

    @property
    def share(self) -> float:
        """The whole score, 0..1."""
        return float(self.score / self.points)

    def rest(self, one: ItemScore) -> float:
        """The score in the other questions, 0..1; there are some."""
        return float((self.score - one.score) / (self.points - one.points))


@dataclass(frozen=True, slots=True)
class Grid:
    """The learners who were asked the same questions: variances per question, and their sums."""

    rows: tuple[Row, ...]
    variances: dict[int, float | None]

    def without(self, item: int) -> float | None:
        """Alpha of the other questions."""
        parts = [part for one, part in self.variances.items() if one != item]
        return alpha(parts, [float(row.score - row.scores[item].score) for row in self.rows])


def analyse(sheets: Sequence[Sheet], items: Sequence[int], options: Options) -> QuizFigures:
    """Analyse attempts, one per learner.

    `items` names the questions in the order to report, `options` the ids of those that have some.
    Questions that are worth nothing (dropped) count for nobody.
    """
    rows = [_row(sheet) for sheet in sheets]
    rows = [row for row in rows if row.scores]
    grid = _grid(rows)
    totals = [row.share for row in rows]
    tally = Tally()
    tally.put("mean", mean(totals), Reason.NO_ATTEMPTS)
    tally.put("deviation", deviation(totals), _too_few(len(rows)))
    _reliability(tally, grid, len(rows))
    dropped = {one.item for sheet in sheets for one in sheet if not one.points}
    return QuizFigures(
        n=len(rows),
        alpha_n=len(grid.rows),
        figures=tally.figures,
        reasons=tally.reasons,
        items=tuple(
            _item(item, rows, grid, options.get(item, ()), dropped=item in dropped)
            for item in items
        ),
    )


def flags_of(n: int, figures: Figures, options: Sequence[OptionFigures]) -> tuple[Flag, ...]:
    """What deserves a look; nothing below `LEAST` attempts."""
    if n < LEAST:
        return ()
    facility, corrected = figures["facility"], figures["corrected"]
    found = {
        Flag.TOO_EASY: facility is not None and facility >= TOO_EASY,
        Flag.TOO_HARD: facility is not None and facility <= TOO_HARD,
        Flag.NEGATIVE: corrected is not None and corrected < 0,
        Flag.UNUSED_OPTION: any(one.id and not one.count for one in options),
    }
    return tuple(flag for flag, raised in found.items() if raised)


def _item(
    item: int, rows: Sequence[Row], grid: Grid, options: Sequence[str], *, dropped: bool
) -> ItemFigures:
    takers = [row for row in rows if item in row.scores]
    mine = [row.scores[item] for row in takers]
    shares, totals = [one.share for one in mine], [row.share for row in takers]
    ends = weights_of_ends(totals)
    nobody = Reason.NO_POINTS if dropped else Reason.NO_ATTEMPTS
    flat = _flat(shares, nobody)
    tally = Tally()
    tally.put("facility", mean(shares), nobody)
    tally.put("item_total", correlation(shares, totals), flat or Reason.SAME_TOTALS)
    _corrected(tally, takers, mine, flat)
    _without(tally, grid, item, nobody if not mine else None)
    tally.put("discrimination", _difference(shares, ends), _flat(totals, nobody, totals=True))
    table = tuple(_option(one, mine, totals, ends) for one in ("", *options)) if options else ()
    return ItemFigures(
        item=item,
        n=len(mine),
        answered=sum(one.answered for one in mine),
        figures=tally.figures,
        reasons=tally.reasons,
        options=table,
        flags=flags_of(len(mine), tally.figures, table),
    )


def _corrected(
    tally: Tally, takers: Sequence[Row], mine: Sequence[ItemScore], flat: Reason | None
) -> None:
    """The correlation with the other questions of each learner's own attempt."""
    pairs = [
        (one.share, row.rest(one))
        for row, one in zip(takers, mine, strict=True)
        if len(row.scores) > 1
    ]
    value = correlation([x for x, _ in pairs], [rest for _, rest in pairs])
    alone = Reason.ONE_QUESTION if takers and not pairs else None
    tally.put("corrected", value, alone or flat or Reason.SAME_TOTALS)


def _reliability(tally: Tally, grid: Grid, n: int) -> None:
    reason = _too_few(n) or (Reason.DIFFERENT_QUESTIONS if len(grid.rows) < 2 else None)
    if reason is None:
        reason = Reason.ONE_QUESTION if len(grid.variances) < 2 else Reason.SAME_TOTALS
    sums = [float(row.score) for row in grid.rows]
    tally.put("alpha", alpha(list(grid.variances.values()), sums), reason)
    whole = all(one.score in {0, one.points} for row in grid.rows for one in row.scores.values())
    if not whole:
        tally.put("kr20", None, Reason.PARTIAL_SCORES)
        return
    right = [[one.share for one in row.scores.values()] for row in grid.rows]
    parts = [variance(column) for column in zip(*right, strict=True)]
    tally.put("kr20", alpha(parts, [math.fsum(row) for row in right]), reason)


def _without(tally: Tally, grid: Grid, item: int, nobody: Reason | None) -> None:
    """Alpha of the other questions."""
    if nobody is not None or item not in grid.variances:
        tally.put("alpha_if_deleted", None, nobody or Reason.DIFFERENT_QUESTIONS)
        return
    reason = Reason.TWO_QUESTIONS if len(grid.variances) < 3 else Reason.SAME_TOTALS
    few = _too_few(len(grid.rows))
    tally.put("alpha_if_deleted", grid.without(item), few or reason)


def _row(sheet: Sheet) -> Row:
    live = sorted((one for one in sheet if one.points > 0), key=lambda one: one.item)
    return Row(
        scores={one.item: one for one in live},
        score=sum((one.score for one in live), Decimal(0)),
        points=sum((one.points for one in live), Decimal(0)),
    )


def _grid(rows: Sequence[Row]) -> Grid:
    """The learners who were asked the same questions, if they are more than half of all."""
    kinds = Counter(tuple(row.scores) for row in rows)
    for items, count in kinds.most_common(1):
        if count * 2 > len(rows):
            same = tuple(row for row in rows if tuple(row.scores) == items)
            columns = {item: [float(row.scores[item].score) for row in same] for item in items}
            return Grid(same, {item: variance(scores) for item, scores in columns.items()})
    return Grid((), {})


def _option(
    option: str,
    mine: Sequence[ItemScore],
    totals: Sequence[float],
    ends: Sequence[tuple[float, float]],
) -> OptionFigures:
    took = [option in one.chosen if option else not one.answered for one in mine]
    chose = [total for total, yes in zip(totals, took, strict=True) if yes]
    ours = [pair for pair, yes in zip(ends, took, strict=True) if yes] if ends else None
    return OptionFigures(
        id=option,
        count=len(chose),
        mean=mean(chose),
        upper=None if ours is None else min(1.0, math.fsum(pair[0] for pair in ours)),
        lower=None if ours is None else min(1.0, math.fsum(pair[1] for pair in ours)),
    )


def _difference(shares: Sequence[float], ends: Sequence[tuple[float, float]]) -> float | None:
    if not ends:
        return None
    pairs = zip(shares, ends, strict=True)
    return math.fsum(share * (upper - lower) for share, (upper, lower) in pairs)


def _flat(
    values: Sequence[float], nobody: Reason = Reason.NO_ATTEMPTS, *, totals: bool = False
) -> Reason | None:
    """Why nothing can go with these values."""
    if not values:
        return nobody
    if len(values) > 1 and min(values) < max(values):
        return None
    same = Reason.SAME_TOTALS if totals else Reason.SAME_SCORES
    return Reason.ONE_ATTEMPT if len(values) == 1 else same


def _too_few(n: int) -> Reason | None:
    if n == 0:
        return Reason.NO_ATTEMPTS
    return Reason.ONE_ATTEMPT if n == 1 else None
