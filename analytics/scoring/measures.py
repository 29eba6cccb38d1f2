"""How good predicted chances are, against what happened.

- AUC: the chance that a case ranks above a non-case, ties counting half (Mann & Whitney 1947)
- Brier score: the mean squared error of the chances (Brier 1950)
- ECE: the mean distance of predicted and observed share over ten equal bins of the chance,
  weighted by their size (Naeini, Cooper & Hauskrecht 2015)
"""

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

BINS = 10
TOP = 0.2


class Measures(TypedDict):
    """Figures of one set of predictions; None where they are not defined (one class only).

    `precision_top` and `recall_top` are of the fifth with the highest chances.
    """

    n: int
    cases: int
    base_rate: float | None
    mean_predicted: float | None
    auc: float | None
    brier: float | None
    ece: float | None
    precision_top: float | None
    recall_top: float | None


def measures(happened: "Floats", chance: "Floats") -> Measures:
    """All of them; `happened` is 0 or 1, `chance` 0..1."""
    n, cases = len(happened), int(happened.sum())
    if not n:
        return Measures(
            n=0,
            cases=0,
            base_rate=None,
            mean_predicted=None,
            auc=None,
            brier=None,
            ece=None,
            precision_top=None,
            recall_top=None,
        )
    found = top_cases(happened, chance)
    size = max(1, round(TOP * n))
    return Measures(
        n=n,
        cases=cases,
        base_rate=cases / n,
        mean_predicted=float(chance.mean()),
        auc=auc(happened, chance),
        brier=float(((chance - happened) ** 2).mean()),
        ece=calibration_error(happened, chance),
        precision_top=found / size,
        recall_top=found / cases if cases else None,
    )


def auc(happened: "Floats", score: "Floats") -> float | None:
    """The area under the ROC curve; None where all or none are cases."""
    import numpy as np

    cases = happened > 0
    hits, rest = int(cases.sum()), int((~cases).sum())
    if not hits or not rest:
        return None
    _values, place, counts = np.unique(score, return_inverse=True, return_counts=True)
    # The mean rank of those with the same score.
    rank = np.cumsum(counts) - (counts - 1) / 2
    return float((rank[place][cases].sum() - hits * (hits + 1) / 2) / (hits * rest))


def calibration_error(happened: "Floats", chance: "Floats", bins: int = BINS) -> float:
    """ECE over equal bins; a chance of exactly 1 is in the last."""
    import numpy as np

    place = np.minimum((chance * bins).astype(int), bins - 1)
    away = np.bincount(place, weights=chance - happened, minlength=bins)
    return float(np.abs(away).sum() / len(happened))


def top_cases(happened: "Floats", chance: "Floats") -> float:
    """How many cases are among the top fifth; those equal at its border share the places left."""
    import numpy as np

    size = max(1, round(TOP * len(happened)))
    border = np.sort(chance)[-size]
    above, level = chance > border, chance == border
    left = size - int(above.sum())
    return float(happened[above].sum() + left * happened[level].mean())
