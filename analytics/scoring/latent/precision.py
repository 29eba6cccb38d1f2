"""How sure a fitted model is, and where it does not fit.

- Standard errors from the observed information (Louis 1982, JRSS B 44, 226-233): the information
  of the complete data less what ability, being unseen, takes away. The error of the difficulty
  follows by the delta method.
- Item fit S-X2 (Orlando & Thissen 2000, Applied Psychological Measurement 24, 50-64): the share of
  right answers among learners of the same total against the share the model expects there, the
  totals' chances by the recursion of Lord & Wingersky (1984). Neighbouring totals are joined until
  at least one right and one wrong answer are expected. Only for learners who answered everything.
- Information of a question at ability t: a^2 P (1 - P) (Birnbaum 1968).
"""

from typing import TYPE_CHECKING

from analytics.scoring.latent.marginal import (
    Answers,
    Fit,
    chances,
    normal_nodes,
    posterior,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# Rows of (pattern, node) held at once while the information is summed.
CHUNK = 500
LEAST_EXPECTED = 1.0


def standard_errors(answers: Answers, fit: Fit) -> "tuple[Floats, Floats] | None":
    """Errors of (discrimination, difficulty) per question; None for singular information."""
    import numpy as np

    count = len(fit.slopes)
    information = _information(answers, fit)
    # Columns of `spread` are the parameters that were estimated: (a.., c..) or (a, c..).
    spread = np.eye(2 * count)
    if fit.common:
        shared = np.concatenate([np.ones(count), np.zeros(count)])[:, None]
        spread = np.hstack([shared, spread[:, count:]])
    reduced = spread.T @ information @ spread
    try:
        covariance = spread @ np.linalg.inv(reduced) @ spread.T
    except np.linalg.LinAlgError:
        return None
    at = np.arange(count)
    aa, cc = covariance[at, at], covariance[count + at, count + at]
    ac = covariance[at, count + at]
    a, c = fit.slopes, fit.intercepts
    by_a, by_c = c / a**2, -1 / a
    difficulty = by_a**2 * aa + by_c**2 * cc + 2 * by_a * by_c * ac
    if not (np.isfinite(covariance).all() and (aa > 0).all() and (difficulty > 0).all()):
        return None
    return np.sqrt(aa), np.sqrt(difficulty)


def _information(answers: Answers, fit: Fit) -> "Floats":
    """The observed information of (slopes, intercepts)."""
    import numpy as np

    nodes, weights = normal_nodes()
    chance = chances(fit.slopes, fit.intercepts, nodes)
    shares, _logs = posterior(answers, chance, weights)
    count = len(fit.slopes)
    total = np.zeros((2 * count, 2 * count))
    asked = (shares * answers.counts[:, None]).T @ answers.asked
    bend = asked * chance * (1 - chance)
    at = np.arange(count)
    moved = nodes[:, None] * bend
    total[at, at] = (nodes[:, None] * moved).sum(axis=0)
    total[at, count + at] = total[count + at, at] = moved.sum(axis=0)
    total[count + at, count + at] = bend.sum(axis=0)
    for start in range(0, len(answers.counts), CHUNK):
        part = slice(start, start + CHUNK)
        away = answers.right[part, None, :] - answers.asked[part, None, :] * chance[None, :, :]
        score = np.concatenate([away * nodes[None, :, None], away], axis=2)
        mass = shares[part] * answers.counts[part, None]
        flat = score.reshape(-1, 2 * count)
        total -= flat.T @ (flat * mass.reshape(-1, 1))
        mean = np.einsum("pq,pqk->pk", shares[part], score)
        total += mean.T @ (mean * answers.counts[part, None])
    return total


def item_fit(answers: Answers, fit: Fit) -> list[tuple[float, int, float] | None]:
    """(S-X2, degrees of freedom, p) per question; None where too few groups of totals are left."""
    import numpy as np

    whole = answers.asked.all(axis=1)
    count = len(fit.slopes)
    if count < 3 or not whole.any():
        return [None] * count
    right, counts = answers.right[whole], answers.counts[whole]
    totals = right.sum(axis=1).astype(int)
    nodes, weights = normal_nodes()
    chance = chances(fit.slopes, fit.intercepts, nodes)
    every = weights @ _totals(chance)
    size = _by_total(totals, counts, count)
    found: list[tuple[float, int, float] | None] = []
    for one in range(count):
        others = _totals(np.delete(chance, one, axis=1))
        joint = (weights * chance[:, one]) @ others
        expected = joint[: count - 1] / np.maximum(every[1:count], 1e-300)
        seen = _by_total(totals, counts * right[:, one], count)
        found.append(_chi_square(seen[1:count], expected, size[1:count], 1 if fit.common else 2))
    return found


def _by_total(totals: "NDArray[np.int64]", weights: "Floats", count: int) -> "Floats":
    """The sum of the weights at each total from 0 to `count`."""
    import numpy as np

    return np.bincount(totals, weights=weights, minlength=count + 1).astype(float)


def _totals(chance: "Floats") -> "Floats":
    """The chance of each total at each node, of (nodes, questions + 1)."""
    import numpy as np

    nodes, count = chance.shape
    spread = np.zeros((nodes, count + 1))
    spread[:, 0] = 1.0
    for one in range(count):
        right = chance[:, one : one + 1]
        spread[:, 1:] = spread[:, 1:] * (1 - right) + spread[:, :-1] * right
        spread[:, 0] *= 1 - right[:, 0]
    return spread


def _chi_square(
    seen: "Floats", expected: "Floats", size: "Floats", parameters: int
) -> tuple[float, int, float] | None:
    from scipy.special import chdtrc

    groups: list[tuple[float, float, float]] = []
    held = (0.0, 0.0, 0.0)
    for right, share, learners in zip(seen, expected, size, strict=True):
        held = (held[0] + right, held[1] + share * learners, held[2] + learners)
        if min(held[1], held[2] - held[1]) >= LEAST_EXPECTED:
            groups.append(held)
            held = (0.0, 0.0, 0.0)
    if groups and held[2]:
        last = groups.pop()
        groups.append((last[0] + held[0], last[1] + held[1], last[2] + held[2]))
    freedom = len(groups) - parameters
    if freedom < 1:
        return None
    value = sum((right - hope) ** 2 * n / (hope * (n - hope)) for right, hope, n in groups)
    return float(value), freedom, float(chdtrc(freedom, value))


def information_curves(fit: Fit, abilities: "Floats") -> "Floats":
    """The information of each question at each ability, of (questions, abilities)."""
    chance = chances(fit.slopes, fit.intercepts, abilities)
    curves: Floats = (fit.slopes**2 * chance * (1 - chance)).T
    return curves
