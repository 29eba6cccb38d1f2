"""How sure a measured share is."""

import math
import random
from collections.abc import Callable, Sequence
from typing import TypeVar

Item = TypeVar("Item")

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


def bootstrap(
    items: Sequence[Item],
    figure: Callable[[Sequence[Item]], float | None],
    *,
    rounds: int = 1_000,
    seed: int = 1,
) -> dict[str, float | int | None]:
    """A figure of items with its 95 % interval: percentiles over samples drawn with replacement.

    Samples in which the figure is not defined are left out; null where it never is.
    """
    value = figure(items) if items else None
    rng = random.Random(seed)  # noqa: S311 - repeatable samples, guards nothing
    drawn = (figure(rng.choices(items, k=len(items))) for _ in range(rounds if items else 0))
    found = sorted(one for one in drawn if one is not None)
    if value is None or not found:
        return {"n": len(items), "value": None, "low": None, "high": None}
    low, high = (found[min(len(found) - 1, int(share * len(found)))] for share in (0.025, 0.975))
    return {
        "n": len(items),
        "value": round(value, 4),
        "low": round(low, 4),
        "high": round(high, 4),
    }
