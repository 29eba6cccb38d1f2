"""Marginal maximum likelihood for the 1PL and 2PL models by EM over Gauss-Hermite nodes.

The chance that a learner of ability t answers question j rightly is 1 / (1 + exp(-(c_j + a_j t)))
with t standard normal over the learners: a is the discrimination, b = -c / a the difficulty, in
standard deviations of ability (Birnbaum 1968). Ability is integrated out over fixed nodes and the
expected counts at the nodes are treated as data (Bock & Aitkin 1981, Psychometrika 46, 443-459).
In the 1PL all questions share one discrimination. A missing answer says nothing and is left out.

Steps of the EM are lengthened by squared extrapolation (Varadhan & Roland 2008, Scandinavian
Journal of Statistics 35, 335-353, scheme S3); a step that would lower the likelihood is not taken.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

NODES = 41
MOST_STEPS = 3_000
# The log-likelihood per learner and the parameters must both stand still.
STILL = 1e-7
NEWTON_STEPS = 3
# Beyond these bounds a question separates learners perfectly and the maximum lies at infinity.
STEEPEST, FURTHEST = 8.0, 20.0
# Chances are kept this far from 0 and 1, so that logarithms stay finite.
EDGE = 1e-12


@dataclass(frozen=True, slots=True)
class Answers:
    """Distinct rows of answers: `right` and `asked` are 0/1 of (patterns, questions)."""

    right: "Floats"
    asked: "Floats"
    counts: "Floats"

    @property
    def learners(self) -> float:
        """How many learners gave them."""
        return float(self.counts.sum())


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted model: `slopes` a and `intercepts` c of the questions, in their order."""

    slopes: "Floats"
    intercepts: "Floats"
    loglik: float
    steps: int
    converged: bool
    common: bool

    @property
    def parameters(self) -> int:
        """How many numbers were estimated."""
        return len(self.slopes) + (1 if self.common else len(self.slopes))


def compress(matrix: "Floats") -> Answers:
    """Distinct rows with their counts, of a (learners, questions) matrix of 0, 1 and NaN."""
    import numpy as np

    coded = np.where(np.isnan(matrix), -1.0, matrix)
    rows, counts = np.unique(coded, axis=0, return_counts=True)
    return Answers(
        right=(rows == 1).astype(float),
        asked=(rows >= 0).astype(float),
        counts=counts.astype(float),
    )


def normal_nodes(count: int = NODES) -> "tuple[Floats, Floats]":
    """Nodes and weights that integrate against the standard normal; weights add up to 1."""
    import numpy as np

    nodes, weights = np.polynomial.hermite_e.hermegauss(count)
    return nodes, weights / weights.sum()


def chances(slopes: "Floats", intercepts: "Floats", nodes: "Floats") -> "Floats":
    """The chance of a right answer, of (nodes, questions)."""
    import numpy as np

    logits = intercepts[None, :] + nodes[:, None] * slopes[None, :]
    return np.clip(1 / (1 + np.exp(-logits)), EDGE, 1 - EDGE)


def posterior(answers: Answers, chance: "Floats", weights: "Floats") -> "tuple[Floats, Floats]":
    """The weight of each node per pattern, and the log-likelihood of each pattern."""
    import numpy as np

    wrong = answers.asked - answers.right
    logs = answers.right @ np.log(chance).T + wrong @ np.log1p(-chance).T + np.log(weights)
    top = logs.max(axis=1, keepdims=True)
    shares = np.exp(logs - top)
    sums = shares.sum(axis=1, keepdims=True)
    return shares / sums, (top + np.log(sums))[:, 0]


def fit(answers: Answers, *, common: bool = False) -> Fit:
    """Fit the 2PL, or with `common` the 1PL, to at least two questions that vary."""
    import numpy as np

    nodes, weights = normal_nodes()
    point = _start(answers, common=common)
    loglik, steps, still = -np.inf, 0, False
    while steps < MOST_STEPS and not still:
        first, before = _step(answers, point, nodes, weights, common=common)
        second, middle = _step(answers, first, nodes, weights, common=common)
        leap = _leap(point, first, second)
        after, reached = _step(answers, leap, nodes, weights, common=common)
        new = after if reached >= middle else second
        steps += 3
        moved = float(np.abs(new - point).max())
        still = moved < STILL and abs(before - loglik) <= STILL * answers.learners
        point, loglik = new, before
    slopes, intercepts = point
    _, logs = posterior(answers, chances(slopes, intercepts, nodes), weights)
    return Fit(
        slopes=slopes,
        intercepts=intercepts,
        loglik=float(answers.counts @ logs),
        steps=steps,
        converged=still,
        common=common,
    )


def _start(answers: Answers, *, common: bool) -> "Floats":
    """Slopes of 1 with the sign of the correlation with the rest, intercepts from the shares."""
    import numpy as np

    counts = answers.counts[:, None]
    asked = (counts * answers.asked).sum(axis=0)
    share = np.clip((counts * answers.right).sum(axis=0) / np.maximum(asked, 1), 0.01, 0.99)
    away = answers.asked * (answers.right - share)
    rest = away.sum(axis=1, keepdims=True) - away
    along = (counts * away * rest).sum(axis=0)
    slopes = np.ones_like(share) if common else np.where(along < 0, -1.0, 1.0)
    return np.stack([slopes, np.log(share / (1 - share))])


def _step(
    answers: Answers, point: "Floats", nodes: "Floats", weights: "Floats", *, common: bool
) -> "tuple[Floats, float]":
    """One step of the EM from `point`, and the log-likelihood at `point`."""
    shares, logs = posterior(answers, chances(point[0], point[1], nodes), weights)
    mass = shares * answers.counts[:, None]
    right, asked = mass.T @ answers.right, mass.T @ answers.asked
    raised = point.copy()
    for _newton in range(NEWTON_STEPS):
        raised = _newton_step(raised, right, asked, nodes, common=common)
    return raised, float(answers.counts @ logs)


def _newton_step(
    point: "Floats", right: "Floats", asked: "Floats", nodes: "Floats", *, common: bool
) -> "Floats":
    """A Newton step of each question's logistic regression on the nodes."""
    import numpy as np

    chance = chances(point[0], point[1], nodes)
    residual, weight = right - asked * chance, asked * chance * (1 - chance)
    at = nodes[:, None]
    grad_c, grad_a = residual.sum(axis=0), (at * residual).sum(axis=0)
    cc = weight.sum(axis=0) + 1e-9
    ca, aa = (at * weight).sum(axis=0), (at * at * weight).sum(axis=0) + 1e-9
    if common:
        # The intercepts are eliminated, which leaves one equation for the slope they share.
        slope = np.sum(grad_a - ca * grad_c / cc) / np.sum(aa - ca * ca / cc)
        change_a = np.full_like(cc, slope)
        change_c = (grad_c - ca * change_a) / cc
    else:
        below = np.maximum(cc * aa - ca * ca, 1e-12)
        change_a, change_c = (
            (cc * grad_a - ca * grad_c) / below,
            (aa * grad_c - ca * grad_a) / below,
        )
    return _bounded(point + np.clip(np.stack([change_a, change_c]), -1.0, 1.0))


def _leap(point: "Floats", first: "Floats", second: "Floats") -> "Floats":
    import numpy as np

    step, bend = first - point, (second - first) - (first - point)
    size = float(np.sqrt((bend**2).sum()))
    if size == 0:
        return second
    length = -min(max(float(np.sqrt((step**2).sum())) / size, 1.0), 64.0)
    return _bounded(point - 2 * length * step + length**2 * bend)


def _bounded(point: "Floats") -> "Floats":
    import numpy as np

    return np.stack(
        [np.clip(point[0], -STEEPEST, STEEPEST), np.clip(point[1], -FURTHEST, FURTHEST)]
    )
