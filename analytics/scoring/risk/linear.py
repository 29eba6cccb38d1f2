"""A logistic regression as plain numbers, for few learners.

Figures are standardised; a missing one stands at the mean and has a weight of its own. The
contribution of a figure is what it adds to the log-odds beyond its mean over the training rows,
which for a linear model is its Shapley value.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# Beyond so many deviations a figure says no more.
FAR = 5.0
PENALTY = 0.05


@dataclass(frozen=True, slots=True)
class Linear:
    """Per feature: mean, deviation, weight, weight when missing, mean contribution."""

    start: float
    mean: tuple[float, ...]
    deviation: tuple[float, ...]
    weight: tuple[float, ...]
    missing: tuple[float, ...]
    centre: tuple[float, ...]

    @classmethod
    def fit(cls, table: "Floats", failed: "Floats", weights: "Floats") -> "Linear":
        """Fit with a ridge penalty; columns without any value get no weight."""
        import numpy as np
        from sklearn.linear_model import LogisticRegression

        known = ~np.isnan(table)
        count = np.maximum(known.sum(axis=0), 1)
        mean = np.where(known, table, 0).sum(axis=0) / count
        spread = np.sqrt((np.where(known, table - mean, 0) ** 2).sum(axis=0) / count)
        deviation = np.where(spread > 1e-9 * np.maximum(np.abs(mean), 1), spread, np.inf)
        values = np.hstack([_standard(table, mean, deviation), (~known).astype(float)])
        model = LogisticRegression(C=PENALTY, max_iter=1_000)
        model.fit(values, failed, sample_weight=weights)
        width = table.shape[1]
        weight, missing = model.coef_[0][:width], model.coef_[0][width:]
        usual = values[:, :width] * weight + values[:, width:] * missing
        return cls(
            start=float(model.intercept_[0]),
            mean=_plain(mean),
            deviation=_plain(np.where(np.isinf(deviation), 0.0, deviation)),
            weight=_plain(weight),
            missing=_plain(missing),
            centre=_plain(usual.mean(axis=0)),
        )

    @property
    def base(self) -> float:
        """The mean log-odds over the training rows."""
        return self.start + sum(self.centre)

    def contributions(self, rows: "Floats") -> "Floats":
        """What each feature adds to the log-odds, of (rows, features)."""
        import numpy as np

        spread = np.array(self.deviation)
        values = _standard(rows, np.array(self.mean), np.where(spread > 0, spread, np.inf))
        gaps = np.isnan(rows) * np.array(self.missing)
        added: Floats = values * np.array(self.weight) + gaps - np.array(self.centre)
        return added

    def as_json(self) -> dict[str, Any]:
        """Numbers only, to be read by `of_json`."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def of_json(cls, kept: dict[str, Any]) -> "Linear":
        """As it was kept."""
        lists = {name: tuple(kept[name]) for name in cls.__slots__ if name != "start"}
        return cls(start=float(kept["start"]), **lists)


def _standard(table: "Floats", mean: "Floats", deviation: "Floats") -> "Floats":
    import numpy as np

    away = np.where(np.isnan(table), 0.0, (table - mean) / deviation)
    return np.clip(away, -FAR, FAR)


def _plain(values: "Floats") -> tuple[float, ...]:
    return tuple(float(value) for value in values)
