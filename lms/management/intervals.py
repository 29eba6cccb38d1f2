"""How sure a measured share is."""

import math

Z95 = 1.959964


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927), as two numbers from 0 to 1; (0, 1) of nothing."""
    if of == 0:
        return 0.0, 1.0
    share, square = hits / of, Z95**2
    middle = share + square / (2 * of)
    half = Z95 * math.sqrt(share * (1 - share) / of + square / (4 * of * of))
    whole = 1 + square / of
    return max(0.0, (middle - half) / whole), min(1.0, (middle + half) / whole)


def as_json(hits: int, of: int) -> dict[str, float | int | None]:
    """A share with its interval for a report; null where nothing was counted."""
    low, high = wilson(hits, of)
    share = round(hits / of, 4) if of else None
    return {"hits": hits, "of": of, "share": share, "low": round(low, 4), "high": round(high, 4)}
