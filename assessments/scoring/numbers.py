"""Numbers as people type them, and scores as we keep them."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext

from django.utils.translation import gettext as _

from lms.kernel.errors import Invalid

SCORE_STEP = Decimal("0.0001")
MAX_TYPED = 40
MAX_EXPONENT = 30
LARGEST_NOTED = Decimal(10**9)
_MINUS = str.maketrans({"\u2212": "-", "\u2013": "-", "\u066b": ".", "\u066c": None})
_SPACES = dict.fromkeys(map(ord, " \u00a0\u2009\u202f'\u2019"))


def rounded(score: Decimal) -> Decimal:
    """A score with four decimals, halves away from zero (0.00005 becomes 0.0001)."""
    return score.quantize(SCORE_STEP, rounding=ROUND_HALF_UP)


def portion(fraction: Decimal, points: Decimal) -> Decimal:
    """`fraction` (0..1) of `points`, rounded once, never below 0 or above `points`."""
    with localcontext(prec=28):
        return min(max(rounded(fraction * points), Decimal(0)), rounded(points))


def read_number(typed: str, *, field: str = "answer") -> Decimal:
    """The number in `typed`: point or comma for decimals, spaces between thousands, 1e3.

    Raises Invalid for anything else, also for two separators, because 1,234.5 and 1.234,5 mean
    the same number to some and different ones to others.
    """
    plain = plain_text(typed)
    if len(plain) > MAX_TYPED:
        raise Invalid(_("This number is too long."), field=field)
    if plain.count(",") + plain.count(".") > 1:
        raise Invalid(
            _("Write the number without thousands separators, for example 1234.5."), field=field
        )
    return _finite(plain.replace(",", "."), field)


def number_or_none(noted: str) -> Decimal | None:
    """The number that another program noted; None for none, and for none we could use."""
    try:
        number = Decimal(noted)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < LARGEST_NOTED else None


def plain_text(typed: str) -> str:
    """A typed number without its spaces, with a plain minus sign."""
    return typed.strip().translate(_MINUS).translate(_SPACES)


def _finite(plain: str, field: str) -> Decimal:
    try:
        value = Decimal(plain) if "_" not in plain else None
    except InvalidOperation:
        value = None
    if value is None or not value.is_finite():
        raise Invalid(_("Write a number, for example 12.5 or 12,5."), field=field)
    if not value:
        return Decimal(0)
    if abs(value.adjusted()) > MAX_EXPONENT:
        raise Invalid(_("This number is too large or too small."), field=field)
    return value
