"""Which figures go together: correlations of every two columns, each over the rows that have both.

Pearson's r (Pearson 1895) and Spearman's rho (Spearman 1904, ties at their mean rank), with the
two-sided p of the t distribution on n - 2 degrees of freedom and the 95 % interval by Fisher's z
(Fisher 1921; for rho with the variance of Bonett & Wright 2000). Undefined figures are None with a
reason.
"""

import math
from collections.abc import Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LEAST_PAIRS = 3
LEAST_FOR_INTERVAL = 4
# The 97.5 % point of the normal distribution.
Z95 = 1.959963984540054
FLAT = 1e-12


def relations(
    columns: Sequence[str], rows: Sequence[Sequence[float | None]]
) -> list[dict[str, Any]]:
    """`{columns, n, pearson, spearman, reason}` of every two columns.

    Each coefficient is `{r, p, low, high}`; without at least four pairs there is no interval.
    """
    import numpy as np

    table = np.array(rows, dtype=float).reshape(len(rows), len(columns))
    return [
        {"columns": [columns[one], columns[other]], **_pair(table[:, one], table[:, other])}
        for one, other in combinations(range(len(columns)), 2)
    ]


def _pair(one: "Floats", other: "Floats") -> dict[str, Any]:
    import numpy as np

    both = ~(np.isnan(one) | np.isnan(other))
    xs, ys = one[both], other[both]
    reason = _why_not(xs, ys)
    if reason:
        return {"n": len(xs), "pearson": None, "spearman": None, "reason": reason}
    rho = _r(_ranks(xs), _ranks(ys))
    return {
        "n": len(xs),
        "pearson": _coefficient(_r(xs, ys), len(xs), 1.0),
        "spearman": _coefficient(rho, len(xs), 1.0 + rho * rho / 2),
        "reason": None,
    }


def _why_not(xs: "Floats", ys: "Floats") -> str | None:
    if len(xs) < LEAST_PAIRS:
        text = _("A correlation needs at least %(least)d rows with both figures; there are %(n)d.")
        return text % {"least": LEAST_PAIRS, "n": len(xs)}
    for values in (xs, ys):
        if float(values.max() - values.min()) <= FLAT * float(abs(values).max()):
            return _("A figure is the same in all rows, so that no correlation is defined.")
    return None


def _ranks(values: "Floats") -> "Floats":
    """Ranks from 1, those equal at their mean."""
    import numpy as np

    _values, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks: Floats = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return ranks


def _r(xs: "Floats", ys: "Floats") -> float:
    import numpy as np

    # Divided by the largest first, so that squares neither overflow nor vanish.
    away = [values / np.abs(values).max() for values in (xs, ys)]
    x, y = (values - values.mean() for values in away)
    return max(-1.0, min(1.0, float((x @ y) / math.sqrt(float(x @ x) * float(y @ y)))))


def _coefficient(r: float, n: int, spread: float) -> dict[str, float | None]:
    from scipy.special import stdtr

    rest = 1 - r * r
    p = float(2 * stdtr(n - 2, -abs(r) * math.sqrt((n - 2) / rest))) if rest > 0 else 0.0
    if n < LEAST_FOR_INTERVAL or rest <= 0:
        return {"r": r, "p": p, "low": None, "high": None}
    middle, half = math.atanh(r), Z95 * math.sqrt(spread / (n - 3))
    return {"r": r, "p": p, "low": math.tanh(middle - half), "high": math.tanh(middle + half)}
