"""Learning patterns: who works alike, and whether time goes with performance.

Two questions are answered about one list of learners:

1. Groups. k-means (Lloyd 1982; k-means++ starts, Arthur and Vassilvitskii 2007) as in
   scikit-learn, on time spent and completion rate, each standardised to mean 0 and deviation 1.
   Without that step the minutes, being large numbers, decide alone.
2. Does time go with performance? Pearson's r (Pearson 1895) as in SciPy, with the two-sided p of
   the t distribution on n - 2 degrees of freedom, over the rows that have a performance.
"""

import math
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from analytics.scoring.rows import DEFAULT_CLUSTERS, PatternRow

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SEED = 20_260
STARTS = 10
# Two pairs always lie on one line, so r says nothing below three.
MIN_PAIRS = 3
# A column whose spread is below this share of its size is noise of the number format.
FLAT = 1e-9

# The rule of the names. Completion counts as it stands, for a share of the course means the same
# in every class; time counts against the class, for there is no right number of minutes.
HIGH_COMPLETION = 0.75
LOW_COMPLETION = 0.40
TIME_BAND = 0.5
NAMES: dict[tuple[str, str], str] = {
    ("high", "less"): gettext_noop("Quick finishers"),
    ("high", "usual"): gettext_noop("Steady finishers"),
    ("high", "more"): gettext_noop("Thorough finishers"),
    ("middle", "less"): gettext_noop("Light but moving"),
    ("middle", "usual"): gettext_noop("Part of the way"),
    ("middle", "more"): gettext_noop("Working hard, part of the way"),
    ("low", "less"): gettext_noop("Barely started"),
    ("low", "usual"): gettext_noop("Slow to progress"),
    ("low", "more"): gettext_noop("Busy but stuck"),
}


class Centre(TypedDict):
    """Means of a group in the units of the rows."""

    time_spent: float
    completion_rate: float


class Cluster(TypedDict):
    """One group; `label` is what `labels` refers to."""

    label: int
    name: str
    size: int
    centre: Centre


class PatternResult(TypedDict):
    """The answer as the API gives it.

    `labels` has one entry per row in input order, None where no group could be formed. What is
    undefined is None and `reason` says why; `n` counts the rows that entered the correlation.
    """

    clusters: list[Cluster]
    labels: list[int | None]
    correlation: float | None
    p_value: float | None
    n: int
    reason: str | None


def learning_patterns(rows: Sequence[PatternRow], k: int = DEFAULT_CLUSTERS) -> PatternResult:
    """Group learners and relate their time to their performance.

    The same rows give the same answer in any order and on every run: the fit sees the rows sorted,
    starts from a fixed seed on one thread, and groups are numbered by completion (highest first),
    then by time (least first). Never returns a number that is not finite.
    """
    clusters, labels, why_no_groups = _groups(rows, k)
    r, p_value, pairs, why_no_r = correlation(rows)
    reasons = [reason for reason in (why_no_groups, why_no_r) if reason]
    return {
        "clusters": clusters,
        "labels": labels,
        "correlation": r,
        "p_value": p_value,
        "n": pairs,
        "reason": " ".join(dict.fromkeys(reasons)) or None,
    }


def time_band(times: Sequence[float], centre: float) -> str:
    """Where a centre lies among all times: `less`, `usual` or `more` (half a deviation apart)."""
    import numpy as np

    largest = max(times)
    if _standardised(np.asarray(times, dtype=float)) is None:
        return "usual"
    scaled = np.asarray(times, dtype=float) / largest
    position = (centre / largest - float(scaled.mean())) / float(scaled.std())
    return "less" if position <= -TIME_BAND else "more" if position >= TIME_BAND else "usual"


def completion_band(rate: float) -> str:
    """`high` from 0.75, `low` below 0.40, else `middle`."""
    return "high" if rate >= HIGH_COMPLETION else "low" if rate < LOW_COMPLETION else "middle"


def _groups(
    rows: Sequence[PatternRow], k: int
) -> tuple[list[Cluster], list[int | None], str | None]:
    nobody: list[int | None] = [None] * len(rows)
    points = {(row.time_spent, row.completion_rate) for row in rows}
    reason = _why_not(len(rows), len(points), k)
    if reason:
        return [], nobody, reason
    # Sorted rows make the fit independent of the order of input.
    order = sorted(range(len(rows)), key=lambda i: (rows[i].time_spent, rows[i].completion_rate))
    time = [rows[i].time_spent for i in order]
    rate = [rows[i].completion_rate for i in order]
    raw = _fit(time, rate, k)
    if raw is None:
        return [], nobody, _("The figures are too alike to form groups.")
    return _numbered(order, raw, rows)


def _why_not(rows: int, points: int, k: int) -> str | None:
    if rows == 0:
        return _("There are no rows yet.")
    if rows < k:
        return _("%(k)d groups need at least %(k)d learners; there are %(rows)d.") % {
            "k": k,
            "rows": rows,
        }
    if points < k:
        text = _("Time and completion take only %(points)d different values, fewer than %(k)d.")
        return text % {"points": points, "k": k}
    return None


def _fit(time: list[float], rate: list[float], k: int) -> list[int] | None:
    """Labels of k-means on the standardised columns; None where fewer than k groups come out."""
    import numpy as np
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    columns = [_standardised(np.asarray(column)) for column in (time, rate)]
    # A column that does not vary cannot tell groups apart; the other one then decides alone.
    usable = [column for column in columns if column is not None]
    if not usable:
        return None
    model = KMeans(n_clusters=k, n_init=STARTS, random_state=SEED)
    # One thread: sums of several threads differ in the last bit between runs.
    with warnings.catch_warnings(), threadpool_limits(limits=1):
        warnings.simplefilter("ignore", ConvergenceWarning)
        labels = [int(label) for label in model.fit_predict(np.column_stack(usable))]
    return labels if len(set(labels)) == k else None


def _standardised(column: "NDArray[np.float64]") -> "NDArray[np.float64] | None":
    """Mean 0, deviation 1; None for a column that does not vary."""
    largest = float(abs(column).max(initial=0.0))
    if largest == 0:
        return None
    # Divided by its largest value first, so that squares neither overflow nor vanish.
    scaled = column / largest
    spread = float(scaled.std())
    if spread <= FLAT:
        return None
    standard: NDArray[np.float64] = (scaled - scaled.mean()) / spread
    return standard


def _numbered(
    order: list[int], raw: list[int], rows: Sequence[PatternRow]
) -> tuple[list[Cluster], list[int | None], str | None]:
    members: dict[int, list[int]] = {}
    for position, label in zip(order, raw, strict=True):
        members.setdefault(label, []).append(position)
    centres = {label: _centre([rows[i] for i in inside]) for label, inside in members.items()}
    ranked = sorted(
        members, key=lambda c: (-centres[c]["completion_rate"], centres[c]["time_spent"], c)
    )
    names = _names([centres[label] for label in ranked], [row.time_spent for row in rows])
    labels: list[int | None] = [None] * len(rows)
    clusters: list[Cluster] = []
    for number, old in enumerate(ranked):
        for i in members[old]:
            labels[i] = number
        clusters.append(
            {
                "label": number,
                "name": names[number],
                "size": len(members[old]),
                "centre": centres[old],
            }
        )
    return clusters, labels, _flat_words(rows)


def _centre(inside: list[PatternRow]) -> Centre:
    return {
        "time_spent": math.fsum(row.time_spent for row in inside) / len(inside),
        "completion_rate": min(1.0, math.fsum(r.completion_rate for r in inside) / len(inside)),
    }


def _names(centres: list[Centre], times: list[float]) -> list[str]:
    """A name per centre from the table; the second of one name gets a 2, and so on."""
    seen: dict[str, int] = {}
    names = []
    for centre in centres:
        rate = completion_band(centre["completion_rate"])
        name = _(NAMES[rate, time_band(times, centre["time_spent"])])
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} {seen[name]}")
    return names


def _flat_words(rows: Sequence[PatternRow]) -> str | None:
    import numpy as np

    if _standardised(np.asarray([row.time_spent for row in rows])) is None:
        return _("Everybody spent the same time, so completion alone tells the groups apart.")
    if _standardised(np.asarray([row.completion_rate for row in rows])) is None:
        return _("Everybody completed the same share, so time alone tells the groups apart.")
    return None


def correlation(
    rows: Sequence[PatternRow],
) -> tuple[float | None, float | None, int, str | None]:
    """(r, p, n, why there is none) of time and performance, over the rows that have both."""
    import numpy as np

    pairs = [(row.time_spent, row.performance) for row in rows if row.performance is not None]
    if len(pairs) < MIN_PAIRS:
        text = _("A correlation needs at least %(least)d learners with a score; there are %(n)d.")
        return None, None, len(pairs), text % {"least": MIN_PAIRS, "n": len(pairs)}
    # Sorted for the same reason as above: the last bit must not depend on the order of input.
    table = np.asarray(sorted(pairs), dtype=float)
    time, score = _standardised(table[:, 0]), _standardised(table[:, 1])
    if time is None:
        reason = _("Everybody with a score spent the same time, so no correlation is defined.")
        return None, None, len(pairs), reason
    if score is None:
        reason = _("Everybody has the same score, so no correlation is defined.")
        return None, None, len(pairs), reason
    return *_pearson(time, score), len(pairs), None


def _pearson(time: "NDArray[np.float64]", score: "NDArray[np.float64]") -> tuple[float, float]:
    from scipy import stats

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        found = stats.pearsonr(time, score)
    return float(found.statistic), float(found.pvalue)
