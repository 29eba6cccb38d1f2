"""What one or two marks come to, and how that is told. Pure."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from assessments.scoring.numbers import rounded

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Agreement:
    """The mark that counts, None while it does not stand; `words` say how it came about.

    `differ` tells that two marks lie further apart than is allowed.
    """

    mark: Decimal | None
    words: str = ""
    differ: bool = False


def agreed(
    first: Decimal | None,
    second: Decimal | None,
    *,
    two: bool,
    points: Decimal,
    threshold: Decimal,
) -> Agreement:
    """One marker's mark; of two the mean, when they differ by at most `threshold` % of the points.

    A mark that is not done is None.
    """
    if not two:
        return Agreement(first)
    if first is None or second is None:
        return Agreement(None)
    apart = abs(first - second)
    if apart > threshold / HUNDRED * points:
        return Agreement(None, differ=True)
    mean = rounded((first + second) / 2)
    words = _("Two markers gave %(first)s and %(second)s: their mean is %(mean)s.")
    return Agreement(
        mean, words % {"first": plain(first), "second": plain(second), "mean": plain(mean)}
    )


def plain(number: Decimal) -> str:
    """A number without zeros at its end: 85.0000 as "85"."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
