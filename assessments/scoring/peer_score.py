"""What peers' scores come to, weighted by how well they judged the examples. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from assessments.scoring.agreement import plain
from assessments.scoring.numbers import rounded

LEAST = Decimal("0.1")
FULL = Decimal(1)
STEP = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class PeerScore:
    """A reviewer's score and its weight."""

    score: Decimal
    weight: Decimal = FULL


def weight_of(errors: Sequence[Decimal]) -> Decimal:
    """How much a reviewer's word counts: 1 - 2 x their mean error on the examples, at least 0.1.

    An error is the distance to the instructor's score as a share of the points, 0 to 1. Without
    examples everybody's word counts 1. Rounded to two decimals.
    """
    if not errors:
        return FULL
    mean = sum(errors, Decimal(0)) / len(errors)
    return max(LEAST, (FULL - 2 * mean).quantize(STEP))


def peer_mark(scores: Sequence[PeerScore]) -> Decimal | None:
    """The weighted mean, rounded once; None without reviews."""
    if not scores:
        return None
    total = sum((one.weight for one in scores), Decimal(0))
    return rounded(sum((one.score * one.weight for one in scores), Decimal(0)) / total)


def peer_words(scores: Sequence[PeerScore]) -> str:
    """The arithmetic as a sentence."""
    mark = peer_mark(scores)
    if mark is None:
        return ""
    parts = ", ".join(f"{plain(one.score)} (\u00d7 {plain(one.weight)})" for one in scores)
    words = _("Reviews by peers: %(parts)s; their weighted mean is %(mark)s.")
    return words % {"parts": parts, "mark": plain(mark)}
