"""How precisely a number is written: significant figures and decimals."""

from decimal import ROUND_HALF_UP, Decimal

from assessments.scoring.numbers import plain_text


def decimals_of(typed: str) -> int:
    """Digits after the point: 12.50 has two, 1.5e3 none, 1.5e-3 four."""
    _whole, after, exponent = _parts(typed)
    return max(0, len(after) - exponent)


def figures_of(typed: str) -> tuple[int, int]:
    """The fewest and most significant figures a number may be said to have.

    Zeros that end a whole number may count or not: 1200 has two to four; 1200. and 1.200e3 have
    four, 0.0050 has two. Zero itself has any number.
    """
    whole, after, exponent = _parts(typed)
    digits = (whole + after).lstrip("0")
    if not digits:
        return 0, len(whole + after)
    plain = plain_text(typed).lower()
    open_ended = not after and not exponent and not any(mark in plain for mark in ".,e")
    return len(digits.rstrip("0")) if open_ended else len(digits), len(digits)


def rounded_to_figures(value: Decimal, figures: int) -> Decimal:
    """The value with that many significant figures, halves away from zero."""
    if not value:
        return value
    step = Decimal(1).scaleb(value.adjusted() - figures + 1)
    return value.quantize(step, rounding=ROUND_HALF_UP)


def rounded_to_decimals(value: Decimal, decimals: int) -> Decimal:
    """The value with that many digits after the point, halves away from zero."""
    return value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def _parts(typed: str) -> tuple[str, str, int]:
    """The digits before and after the point, and the exponent, of a number that can be read."""
    mantissa, _e, exponent = plain_text(typed).lower().replace(",", ".").partition("e")
    whole, _point, after = mantissa.lstrip("+-").partition(".")
    return whole, after, int(exponent or 0)
