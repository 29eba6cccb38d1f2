"""How far drafts agree with the people who marked the same work."""

from collections.abc import Sequence
from dataclasses import dataclass

FEWEST = 10


@dataclass(frozen=True, slots=True)
class Agreement:
    """`n` judgements of both; `exact` the share that is the same; `kappa` quadratic weighted.

    `kappa` is None where it is not defined: nothing judged, or only one level ever given.
    """

    n: int
    exact: float | None
    kappa: float | None

    @property
    def enough(self) -> bool:
        """Whether there are enough judgements to say anything."""
        return self.n >= FEWEST


def agreement(pairs: Sequence[tuple[float, float]]) -> Agreement:
    """Agreement of pairs (draft, person) of places on a scale from 0 to 1.

    Weighted kappa after Cohen 1968 with squared distances as weights: one minus the mean squared
    distance of the pairs over that of all drafts with all persons' judgements.
    """
    n = len(pairs)
    if n == 0:
        return Agreement(0, None, None)
    exact = sum(one == other for one, other in pairs) / n
    seen = sum((one - other) ** 2 for one, other in pairs) / n
    expected = sum((one - other) ** 2 for one, _ in pairs for _, other in pairs) / (n * n)
    kappa = None if expected == 0 else 1 - seen / expected
    return Agreement(n, exact, kappa)
