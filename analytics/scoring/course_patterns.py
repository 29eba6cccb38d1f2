"""Who works alike in a course, from six figures of each learner, and which of these go together.

Groups are those of `grouping`: k-means on standardised figures, k chosen by stability and
silhouette where nobody asks for one. A figure that is not known (no grade yet) counts as the
mean of the others in grouping, which moves nobody, and is left out of correlations. Groups are
numbered by completion (highest first), then by time (least first), and named as in `patterns`;
those that would share a name also tell the figure in which they lie farthest apart.
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from analytics.scoring.grouping import group
from analytics.scoring.patterns import NAMES, completion_band, correlation, time_band
from analytics.scoring.relations import relations
from analytics.scoring.rows import DEFAULT_CLUSTERS, PatternRow

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Habits:
    """How one learner works in a course.

    `time_spent` in minutes; `completion_rate` of the lessons, 0..1; `regularity` the share of the
    weeks since joining with activity, 0..1; `recency` whole days since the last activity;
    `messages` written in room and forum; `performance` the mean grade in percent, None without one.
    """

    time_spent: float
    completion_rate: float
    regularity: float
    recency: float
    messages: float
    performance: float | None


FIGURES = tuple(one.name for one in fields(Habits))
# How groups that would share a name are told apart: (below the others, above them).
APART = {
    "regularity": (gettext_noop("in few of the weeks"), gettext_noop("in most of the weeks")),
    "recency": (gettext_noop("here lately"), gettext_noop("away for longer")),
    "messages": (gettext_noop("quiet in room and forum"), gettext_noop("active in room and forum")),
    "performance": (gettext_noop("lower grades"), gettext_noop("higher grades")),
}
# Fewer deviations of the class than this is no difference worth a word.
LEAST_APART = 0.25
# With fewer learners nobody can say how many groups there are, and the usual number is taken.
LEAST_TO_CHOOSE = 10


def course_patterns(rows: Sequence[Habits], k: int | None) -> dict[str, Any]:
    """Groups of the learners of a course and what goes together; `k` None chooses from 2 to 8.

    `{k, clusters: [{label, name, size, centre}], labels, judged, relations, correlation, p_value,
    n, reason}`; the correlation is that of time and performance over the `n` who have both. The
    same rows give the same answer in any order.
    """
    import numpy as np

    table = np.array([astuple(row) for row in rows], dtype=float).reshape(len(rows), len(FIGURES))
    order = np.lexsort(table.T[::-1])
    k, clusters, sorted_labels, judged, why_no_groups = _grouped(table[order], k)
    labels: list[int | None] = [None] * len(rows)
    for at, label in zip(order.tolist(), sorted_labels, strict=True):
        labels[at] = label
    r, p, n, why_no_r = correlation(
        [PatternRow("", one.time_spent, one.completion_rate, one.performance) for one in rows]
    )
    return {
        "k": k,
        "clusters": clusters,
        "labels": labels,
        "judged": judged,
        "relations": relations(FIGURES, table[order].tolist()),
        "correlation": r,
        "p_value": p,
        "n": n,
        "reason": " ".join(one for one in (why_no_groups, why_no_r) if one) or None,
    }


def _grouped(
    table: "Floats", k: int | None
) -> tuple[int | None, list[dict[str, Any]], list[int | None], dict[int, Any], str | None]:
    import numpy as np

    nobody: list[int | None] = [None] * len(table)
    if not len(table):
        return None, [], nobody, {}, _("There are no rows yet.")
    if k is None and len(table) < LEAST_TO_CHOOSE:
        k = DEFAULT_CLUSTERS
    if k is not None and len(table) < k:
        text = _("%(k)d groups need at least %(k)d learners; there are %(rows)d.")
        return None, [], nobody, {}, text % {"k": k, "rows": len(table)}
    known = np.flatnonzero(~np.isnan(table).all(axis=0)).tolist()
    columns = [FIGURES[at] for at in known]
    filled = table[:, known]
    means = np.nanmean(filled, axis=0)
    filled = np.where(np.isnan(filled), means, filled)
    found = group(filled, columns, k)
    if found.k is None:
        return None, [], nobody, {}, found.reason
    return found.k, *_numbered(table, filled, columns, found.labels), found.judged, None


def _numbered(
    table: "Floats", filled: "Floats", columns: Sequence[str], raw: "NDArray[np.int64]"
) -> tuple[list[dict[str, Any]], list[int | None]]:
    import numpy as np

    inside = {label: raw == label for label in np.unique(raw).tolist()}
    centres = {label: _centre(table[rows]) for label, rows in inside.items()}
    ranked = sorted(
        inside, key=lambda one: (-centres[one]["completion_rate"], centres[one]["time_spent"], one)
    )
    away = [_away(filled, inside[one], columns) for one in ranked]
    names = _names([centres[one] for one in ranked], table[:, 0].tolist(), away)
    place = {old: new for new, old in enumerate(ranked)}
    clusters = [
        {
            "label": place[one],
            "name": names[place[one]],
            "size": int(inside[one].sum()),
            "centre": centres[one],
        }
        for one in ranked
    ]
    return clusters, [place[one] for one in raw.tolist()]


def _centre(rows: "Floats") -> dict[str, Any]:
    """The means of a group over those of whom a figure is known; None where of nobody."""
    import numpy as np

    return {
        name: None if np.isnan(column).all() else float(np.nanmean(column))
        for name, column in zip(FIGURES, rows.T, strict=True)
    }


def _away(filled: "Floats", rows: "NDArray[np.bool_]", columns: Sequence[str]) -> dict[str, float]:
    """How many deviations a group lies from the class in each figure."""
    import numpy as np

    spread = filled.std(axis=0)
    apart = (filled[rows].mean(axis=0) - filled.mean(axis=0)) / np.where(spread > 0, spread, 1)
    return dict(zip(columns, apart.tolist(), strict=True))


def _names(
    centres: Sequence[dict[str, Any]], times: list[float], away: Sequence[dict[str, float]]
) -> list[str]:
    base = [
        _(NAMES[completion_band(one["completion_rate"]), time_band(times, one["time_spent"])])
        for one in centres
    ]
    names: list[str] = []
    for name, one in zip(base, away, strict=True):
        alike = [other for other, title in zip(away, base, strict=True) if title == name]
        apart = _apart(one, alike)
        told = f"{name}, {apart}" if apart else name
        again = sum(other == told or other.startswith(f"{told} ") for other in names)
        names.append(f"{told} {again + 1}" if again else told)
    return names


def _apart(one: dict[str, float], alike: Sequence[dict[str, float]]) -> str:
    """The figure in which a group lies farthest from those that share its name, in words."""
    if len(alike) < 2:
        return ""
    far = {
        name: one[name] - sum(other[name] for other in alike) / len(alike)
        for name in APART
        if name in one
    }
    name = max(far, key=lambda name: abs(far[name]), default="")
    return _(APART[name][far[name] > 0]) if name and abs(far[name]) >= LEAST_APART else ""
