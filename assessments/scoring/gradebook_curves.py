"""Curves: a recorded transformation of the scores of one item. Pure and monotone.

A curve keeps the numbers that were fitted when it was made, so that a score that changes later is
curved the same way as the others. Results are rounded once, to four decimals, halves away from
zero, and stay within 0 and the full points.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

from assessments.enums import CurveKind

PLACES = Decimal("0.0001")
FITTED = Decimal("0.0000000001")
WIDE = Context(prec=50, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Curve:
    """`slope` * score + `shift`, in points; the square root needs neither."""

    kind: CurveKind
    slope: Decimal = Decimal(1)
    shift: Decimal = Decimal(0)


def curved(curve: Curve, score: Decimal, full: Decimal) -> Decimal:
    """A score after the curve, within 0..`full`."""
    with localcontext(WIDE):
        if curve.kind == CurveKind.SQUARE_ROOT:
            result = (score * full).sqrt()
        else:
            result = curve.slope * score + curve.shift
        return min(max(result, Decimal(0)), full).quantize(PLACES)


def flat_curve(points: Decimal) -> Curve:
    """The same number of points for everybody."""
    return Curve(CurveKind.FLAT, shift=points)


def linear_curve(scores: Sequence[Decimal], *, mean: Decimal, highest: Decimal) -> Curve:
    """The line that moves these scores' mean and highest to the given ones, to ten decimals.

    When all scores are equal, they are moved to the mean. Raises ValueError without scores, or when
    the highest is below the mean: such a line would turn the order around.
    """
    if not scores:
        msg = "there is nothing to fit"
        raise ValueError(msg)
    if highest < mean:
        msg = "the highest is below the mean"
        raise ValueError(msg)
    with localcontext(WIDE):
        old_mean, old_highest = sum(scores, Decimal(0)) / len(scores), max(scores)
        spread = old_highest - old_mean
        slope = Decimal(1) if not spread else ((highest - mean) / spread).quantize(FITTED)
        return Curve(CurveKind.LINEAR, slope, (mean - slope * old_mean).quantize(FITTED))
