"""The arithmetic under item analysis; every function gives None where it is not defined."""

import math
from collections.abc import Sequence

# The share of learners at each end whose answers are compared (Kelley 1939).
END = 0.27


def mean(values: Sequence[float]) -> float | None:
    """The arithmetic mean; None for no values."""
    return math.fsum(values) / len(values) if values else None


def variance(values: Sequence[float]) -> float | None:
    """The sample variance, on n - 1; exactly 0 for equal values, None below two."""
    if len(values) < 2:
        return None
    if min(values) == max(values):
        return 0.0
    middle = math.fsum(values) / len(values)
    return math.fsum((value - middle) ** 2 for value in values) / (len(values) - 1)


def deviation(values: Sequence[float]) -> float | None:
    """The sample standard deviation; None below two values."""
    squared = variance(values)
    return None if squared is None else math.sqrt(squared)


def correlation(xs: Sequence[float], ys: Sequence[float]) -> float | None:
    """Pearson's r, -1..1; None below two pairs or where either side is all the same."""
    if len(xs) < 2 or min(xs) == max(xs) or min(ys) == max(ys):
        return None
    mid_x, mid_y = math.fsum(xs) / len(xs), math.fsum(ys) / len(ys)
    across = math.fsum((x - mid_x) * (y - mid_y) for x, y in zip(xs, ys, strict=True))
    square_x = math.fsum((x - mid_x) ** 2 for x in xs)
    square_y = math.fsum((y - mid_y) ** 2 for y in ys)
    below = math.sqrt(square_x) * math.sqrt(square_y)
    return max(-1.0, min(1.0, across / below)) if below else None


def alpha(parts: Sequence[float | None], totals: Sequence[float]) -> float | None:
    """Cronbach's alpha from the variance of each question and everybody's sum, at most 1.

    None below two questions or two learners, and where all sums are the same. Questions that
    work against each other make it negative.
    """
    whole = variance(totals)
    if len(parts) < 2 or not whole:
        return None
    k = len(parts)
    return k / (k - 1) * (1 - math.fsum(part or 0.0 for part in parts) / whole)


def weights_of_ends(totals: Sequence[float]) -> list[tuple[float, float]]:
    """How much of the mean of the (upper, lower) end each learner is; each side adds up to 1.

    Learners with the same total at the border share the places left, so that the order of the
    rows decides nothing. Empty below two learners or where all totals are the same.
    """
    if len(totals) < 2 or min(totals) == max(totals):
        return []
    size = max(1, round(END * len(totals)))
    upper = _places([-total for total in totals], size)
    return list(zip(upper, _places(totals, size), strict=True))


def _places(values: Sequence[float], size: int) -> list[float]:
    """Weights of the `size` smallest values; those equal at the border share what is left."""
    border = sorted(values)[size - 1]
    inside = sum(value < border for value in values)
    each = (size - inside) / sum(value == border for value in values)
    return [(1.0 if v < border else each if v == border else 0.0) / size for v in values]
