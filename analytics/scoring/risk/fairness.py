"""Whether a risk model serves groups of people alike: rates by group, with their intervals.

Who is in which group is for this audit alone: no figure of the model comes from it. Shares have
Wilson's score interval (Wilson 1927; chosen by Brown, Cai & DasGupta 2001, Statistical Science
16:101-133), differences of shares Newcombe's hybrid of two of them (Newcombe 1998, Statistics in
Medicine 17:873-890, method 10). Groups of fewer than `LEAST` people are hidden, and with them as
many of the smallest others as it takes that nobody gets their figures by subtraction.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Any

from analytics.scoring.measures import auc

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Truths = NDArray[np.bool_]

LEAST = 30
# From here a learner is listed with raised, and with high risk (`queries.risk`).
THRESHOLDS = (0.35, 0.6)
# 95 % of the normal distribution, two-sided.
SURE = 1.959964
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `of`, and between which shares it is with 95 % confidence; None of nothing."""

    count: int
    of: int

    @property
    def value(self) -> float | None:
        """The share."""
        return self.count / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's."""
        if not self.of:
            return None
        share, n, squared = self.count / self.of, self.of, SURE * SURE
        middle = (share + squared / (2 * n)) / (1 + squared / n)
        half = SURE * sqrt(share * (1 - share) / n + squared / (4 * n * n)) / (1 + squared / n)
        return max(0.0, middle - half), min(1.0, middle + half)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        found = self.interval
        return {"value": self.value, "of": self.of, "interval": list(found) if found else None}


def difference(one: Share, other: Share) -> dict[str, Any] | None:
    """One share less another, with Newcombe's interval; None where one of them is of nothing."""
    first, second = one.interval, other.interval
    if one.value is None or other.value is None or first is None or second is None:
        return None
    gap = one.value - other.value
    down = sqrt((one.value - first[0]) ** 2 + (second[1] - other.value) ** 2)
    above = sqrt((first[1] - one.value) ** 2 + (other.value - second[0]) ** 2)
    return {"value": gap, "interval": [max(-1.0, gap - down), min(1.0, gap + above)]}


def fairness(
    happened: "Floats",
    chances: "Floats",
    groups: Mapping[str, Sequence[str]],
    *,
    thresholds: Sequence[float] = THRESHOLDS,
) -> dict[str, Any]:
    """Rates by group of each attribute; `groups` has a value for each row, empty for unknown."""
    return {
        "least": LEAST,
        "n": len(happened),
        "thresholds": list(thresholds),
        "attributes": {
            name: _attribute(happened, chances, values, thresholds)
            for name, values in groups.items()
        },
    }


def shown_groups(values: Sequence[str]) -> tuple[list[str], list[str]]:
    """The groups that may be shown and those that are hidden, each by name.

    One hidden group alone, or several of fewer than `LEAST` people together, could be had by
    subtraction: the smallest shown ones are hidden with them.
    """
    sizes = Counter(value or UNKNOWN for value in values)
    hidden = [name for name, size in sizes.items() if size < LEAST]
    shown = sorted((name for name in sizes if name not in hidden), key=lambda n: (-sizes[n], n))
    while hidden and shown and (len(hidden) < 2 or sum(sizes[one] for one in hidden) < LEAST):
        hidden.append(shown.pop())
    return sorted(shown), sorted(hidden)


def _attribute(
    happened: "Floats", chances: "Floats", values: Sequence[str], thresholds: Sequence[float]
) -> dict[str, Any]:
    import numpy as np

    names = np.array([value or UNKNOWN for value in values], dtype=object)
    shown, hidden = shown_groups(values)
    parts = {name: (happened[names == name] > 0, chances[names == name]) for name in shown}
    return {
        "groups": [
            {"group": name, **_group(failed, told, thresholds)}
            for name, (failed, told) in parts.items()
        ],
        "hidden": hidden,
        "gaps": {f"{at:g}": _gaps(parts, at) for at in thresholds},
    }


def _group(failed: "Truths", told: "Floats", thresholds: Sequence[float]) -> dict[str, Any]:
    seen = Share(int(failed.sum()), len(failed))
    predicted = float(told.mean())
    low, high = seen.interval or (0.0, 1.0)
    return {
        "n": len(failed),
        "observed": seen.as_dict(),
        "predicted": predicted,
        # Above zero the model foretells more than is seen.
        "calibration_gap": {
            "value": predicted - (seen.value or 0.0),
            "interval": [predicted - high, predicted - low],
        },
        "auc": auc(failed.astype(float), told),
        "at": {
            f"{at:g}": {name: one.as_dict() for name, one in _rates(failed, told, at).items()}
            for at in thresholds
        },
    }


def _rates(failed: "Truths", told: "Floats", threshold: float) -> dict[str, Share]:
    listed = told >= threshold
    hits = int((listed & failed).sum())
    return {
        "listed": Share(int(listed.sum()), len(failed)),
        "tpr": Share(hits, int(failed.sum())),
        "fpr": Share(int((listed & ~failed).sum()), int((~failed).sum())),
        "precision": Share(hits, int(listed.sum())),
    }


def _gaps(parts: Mapping[str, tuple["Truths", "Floats"]], threshold: float) -> dict[str, Any]:
    """The widest difference between two groups of each rate, with their names."""
    found: dict[str, Any] = {}
    rates = {name: _rates(failed, told, threshold) for name, (failed, told) in parts.items()}
    for rate in ("tpr", "fpr", "precision"):
        known = {name: one[rate] for name, one in rates.items() if one[rate].of}
        if len(known) < 2:
            found[rate] = None
            continue
        most = max(known, key=lambda name: known[name].value or 0.0)
        least = min(known, key=lambda name: known[name].value or 0.0)
        gap = difference(known[most], known[least])
        found[rate] = {"most": most, "least": least, **(gap or {})}
    return found
