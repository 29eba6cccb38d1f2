"""Groups of people who work alike, from a table of any figures, at a cost that stays flat.

k-means (Lloyd 1982; k-means++ starts, Arthur & Vassilvitskii 2007) on columns standardised to mean
0 and deviation 1, so that the unit of a column decides nothing. It is fitted on a sample of the
rows; the others join the nearest centre, which costs one pass however many there are. Where k is
not given it is the one with the best silhouette (Rousseeuw 1987) among those whose groups come out
the same from two halves of the sample (adjusted Rand index, Hubert & Arabie 1985; Ben-Hur et al.
2002 on stability). The same rows give the same groups and labels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from analytics.scoring.lloyd import agreement, kmeans, nearest, silhouette
from analytics.scoring.rows import DEFAULT_CLUSTERS, MAX_CLUSTERS, MIN_CLUSTERS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SEED = 20_260
SAMPLE, STARTS = 2_000, 4
JUDGED = 600
STABLE = 0.8
FLAT = 1e-9
# Half a deviation from the mean of all a group is named for a column, at most for two.
BAND, NAMED = 0.5, 2
LEAST_CELL = 5


@dataclass(frozen=True)
class Groups:
    """Labels of the rows, -1 where a figure is missing; `centres` are in the units of the table."""

    labels: "NDArray[np.int64]"
    centres: "Floats"
    names: list[str]
    k: int | None
    reason: str | None
    judged: dict[int, dict[str, float]]


def group(table: "Floats", columns: Sequence[str], k: int | None = DEFAULT_CLUSTERS) -> Groups:
    """Group the rows of a table by its columns; `k` None chooses from 2 to 8.

    Rows with a missing figure get no group. Where no groups can be formed `k` is None and `reason`
    says why. Groups are numbered by the mean of their standardised figures, highest first.
    """
    import numpy as np

    known = _complete(table)
    rows = table[known]
    labels = np.full(len(table), -1)
    usable, scaled = _standardised(rows) if len(rows) else ([], rows)
    reason = _why_not(rows, usable, k or MIN_CLUSTERS)
    if reason:
        return Groups(labels, np.empty((0, table.shape[1])), [], None, reason, {})
    sample = _sample(scaled)
    judged = _judged(sample) if k is None else {}
    chosen = k or _chosen(judged, len(rows))
    centres = kmeans(sample, chosen, starts=STARTS, seed=SEED)
    found = nearest(scaled, centres)
    centres = _means(scaled, found, chosen)
    order = np.lexsort((*reversed(centres.T), -centres.mean(axis=1)))
    place = np.empty(chosen, dtype=int)
    place[order] = np.arange(chosen)
    labels[known] = place[found]
    named = [columns[at] for at in usable]
    return Groups(
        labels=labels,
        centres=_means(rows, found, chosen)[order],
        names=_names(centres[order], named),
        k=chosen,
        reason=None,
        judged=judged,
    )


def _complete(table: "Floats") -> "slice | NDArray[np.intp]":
    """Which rows have every figure; all of them is told by one sum."""
    import numpy as np

    with np.errstate(all="ignore"):
        whole = len(table) and bool(np.isfinite(table.sum()))
    return slice(None) if whole else np.flatnonzero(~np.isnan(table).any(axis=1))


def _standardised(rows: "Floats") -> "tuple[list[int], Floats]":
    """The columns that vary, and the rows with mean 0 and deviation 1 in these.

    Column by column in memory, which is three times as fast for tall tables.
    """
    import numpy as np

    columns = np.array(rows.T, dtype=float, order="C")
    largest = np.maximum(columns.max(axis=1), -columns.min(axis=1))
    columns /= np.where(largest > 0, largest, 1.0)[:, None]
    columns -= columns.mean(axis=1)[:, None]
    spread = np.sqrt([column @ column / columns.shape[1] for column in columns])
    usable = np.flatnonzero(spread > FLAT).tolist()
    kept = columns if len(usable) == len(columns) else columns[usable]
    kept /= spread[usable][:, None]
    return usable, kept.T


def _why_not(rows: "Floats", usable: list[int], k: int) -> str | None:
    import numpy as np

    if len(rows) < k:
        text = _("%(k)d groups need at least %(k)d complete rows; there are %(n)d.")
        return text % {"k": k, "n": len(rows)}
    if not usable:
        return _("No figure varies, so everybody is alike.")
    if len(rows) <= SAMPLE and len(np.unique(rows, axis=0)) < k:
        return _("There are fewer different rows than groups.")
    return None


def _sample(scaled: "Floats") -> "Floats":
    """Rows to fit on, in an order that does not depend on that of the table."""
    import numpy as np

    if len(scaled) > SAMPLE:
        drawn = np.random.default_rng(SEED).choice(len(scaled), SAMPLE, replace=False)
        scaled = scaled[drawn]
    return scaled[np.lexsort(scaled.T[::-1])]


def _means(rows: "Floats", found: "NDArray[np.int64]", k: int) -> "Floats":
    """The mean row of each group; zeros for a group that only the sample had."""
    import numpy as np

    sizes = np.maximum(np.bincount(found, minlength=k), 1)
    sums = [np.bincount(found, weights=column, minlength=k) for column in rows.T]
    means: Floats = np.column_stack(sums) / sizes[:, None]
    return means


def _judged(sample: "Floats") -> dict[int, dict[str, float]]:
    """Silhouette, stability and share of the smallest group of each k that the sample allows."""
    import numpy as np

    mixed = sample[np.random.default_rng(SEED).permutation(len(sample))]
    halves, judged = (mixed[::2], mixed[1::2]), mixed[:JUDGED]
    most = min(MAX_CLUSTERS, len(np.unique(sample, axis=0)) - 1, len(halves[1]))
    found = {}
    for k in range(MIN_CLUSTERS, most + 1):
        labels = nearest(judged, kmeans(sample, k, starts=STARTS, seed=SEED))
        one, other = (nearest(mixed, kmeans(half, k, starts=STARTS, seed=SEED)) for half in halves)
        several = len(set(labels.tolist())) > 1
        found[k] = {
            "silhouette": silhouette(judged, labels) if several else -1.0,
            "stability": agreement(one, other),
            "smallest": float(np.bincount(labels, minlength=k).min() / len(labels)),
        }
    return found


def _chosen(judged: dict[int, dict[str, float]], rows: int) -> int:
    """The stable k with the best silhouette; the most stable one where none is.

    One that makes a group too small to be shown is taken only where every k does.
    """
    if not judged:
        return MIN_CLUSTERS
    shown = {k: one for k, one in judged.items() if one["smallest"] * rows >= LEAST_CELL} or judged
    stable = [k for k, one in shown.items() if one["stability"] >= STABLE]
    if not stable:
        return max(shown, key=lambda k: (shown[k]["stability"], -k))
    return max(stable, key=lambda k: (shown[k]["silhouette"], -k))


def _names(centres: "Floats", columns: Sequence[str]) -> list[str]:
    """Words from the columns in which a group lies farthest from all, once each."""
    seen: dict[str, int] = {}
    names = []
    for centre in centres:
        far = sorted(range(len(columns)), key=lambda at: -abs(centre[at]))[:NAMED]
        parts = [_side(columns[at], float(centre[at])) for at in far if abs(centre[at]) >= BAND]
        name = ", ".join(parts) or _("As most do")
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} {seen[name]}")
    return names


def _side(column: str, position: float) -> str:
    text = _("high %(column)s") if position > 0 else _("low %(column)s")
    return text % {"column": column}


def group_report(
    rows: Sequence[Sequence[float | None]], columns: Sequence[str], k: int | None
) -> dict[str, Any]:
    """The groups as plain figures; the centre of a group below five people is hidden."""
    import numpy as np

    table = np.array(rows, dtype=float).reshape(len(rows), len(columns))
    found = group(table, columns, k)
    groups = []
    for label, name in enumerate(found.names):
        size = int((found.labels == label).sum())
        centre = dict(zip(columns, map(float, found.centres[label]), strict=True))
        groups.append(
            {
                "label": label,
                "name": name,
                "size": size if size >= LEAST_CELL else None,
                "centre": centre if size >= LEAST_CELL else None,
            }
        )
    return {
        "n": int((found.labels >= 0).sum()),
        "k": found.k,
        "reason": found.reason,
        "groups": groups,
        "labels": [int(label) if label >= 0 else None for label in found.labels],
        "judged": found.judged,
    }
