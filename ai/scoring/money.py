"""Amounts of a currency: how many decimals it has (ISO 4217)."""

from decimal import Decimal
from typing import Final

_NONE: Final = frozenset(
    "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split()  # noqa: SIM905
)
_THREE: Final = frozenset("BHD IQD JOD KWD LYD OMR TND".split())  # noqa: SIM905


def digits_of(currency: str) -> int:
    """How many decimals an amount has: two of most currencies, none of JPY, three of KWD."""
    code = currency.upper()
    if code in _NONE:
        return 0
    return 3 if code in _THREE else 2


def whole_units(minor_units: Decimal, currency: str) -> Decimal:
    """Minor units as units of the currency, exact: cents as dollars, yen as yen."""
    return minor_units / Decimal(10) ** digits_of(currency)
