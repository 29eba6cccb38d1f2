"""A calibrated risk model: its trees or its line, two numbers that calibrate it, and its figures.

The chance is 1 / (1 + exp(-(offset + slope * raw))) with `raw` the log-odds of the trees or of the
line (Platt 1999). As the calibration is linear in the log-odds, contributions stay additive.
"""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from django.utils.translation import gettext as _

from analytics.scoring.risk.figures import NAMES
from analytics.scoring.risk.forest import Forest
from analytics.scoring.risk.linear import Linear
from lms.kernel.errors import Invalid

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

VERSION = 1
Kind = Literal["logistic", "boosting"]


@dataclass(frozen=True)
class RiskModel:
    """What was learnt; reads tables of `figures.NAMES`."""

    kind: Kind
    core: Forest | Linear
    slope: float = 1.0
    offset: float = 0.0

    @property
    def base(self) -> float:
        """The log-odds of a learner of whom nothing is known."""
        return self.offset + self.slope * self.core.base

    def contributions(self, rows: "Floats") -> "Floats":
        """What each figure adds to `base`, of (rows, figures); sums are the log-odds."""
        added: Floats = self.slope * self.core.contributions(rows)
        return added

    def log_odds(self, rows: "Floats") -> "Floats":
        """The calibrated log-odds."""
        if isinstance(self.core, Forest):
            odds: Floats = self.offset + self.slope * self.core.log_odds(rows)
        else:
            odds = self.base + self.contributions(rows).sum(axis=1)
        return odds

    def chances(self, rows: "Floats") -> "Floats":
        """The chance 0..1 of failing or leaving."""
        return chance_of(self.log_odds(rows))

    def as_json(self) -> str:
        """Text to keep; `of_json` reads it."""
        return json.dumps(
            {
                "version": VERSION,
                "kind": self.kind,
                "figures": NAMES,
                "slope": self.slope,
                "offset": self.offset,
                "core": self.core.as_json(),
            },
            allow_nan=False,
            separators=(",", ":"),
        )

    @classmethod
    def of_json(cls, text: str) -> "RiskModel":
        """A kept model. Raises Invalid for one that was learnt from other figures."""
        kept: dict[str, Any] = json.loads(text)
        if kept["version"] != VERSION or tuple(kept["figures"]) != NAMES:
            raise Invalid(_("This risk model reads other figures; train it anew."), field="model")
        core: Forest | Linear = (
            Forest.of_json(kept["core"])
            if kept["kind"] == "boosting"
            else Linear.of_json(kept["core"])
        )
        return cls(kept["kind"], core, float(kept["slope"]), float(kept["offset"]))


def chance_of(log_odds: "Floats") -> "Floats":
    """From log-odds to chances."""
    import numpy as np

    chance: Floats = 1 / (1 + np.exp(-np.clip(log_odds, -50, 50)))
    return chance
