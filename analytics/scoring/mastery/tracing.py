"""Bayesian knowledge tracing: two hidden states per skill, known and not known.

Before the first answer a skill is known with chance `prior`. Who knows it slips with chance `slip`,
who does not guesses rightly with chance `guess`. After each answer one learns with chance `learn`
and, where the model allows it, forgets with chance `forget` (Corbett & Anderson 1995, User Modeling
and User-Adapted Interaction 4, 253-278). The parameters of a skill are those that make its answers
likeliest, found by expectation maximisation over the forward and backward chances (Baum et al.
1970), all learners at once. They are bounded so that knowing helps: slip and guess below one half
(Beck & Chang 2007; van De Sande 2013 on models that fit and mean nothing otherwise).
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    # Answers as 0/1 of (sequences, places), -1 where there is none, and how often each was seen.
    Part = tuple[Floats, Floats]

MOST_STEPS = 500
# The log-likelihood per learner gains less than this in a step.
STILL = 1e-10
# Answers held at once, so that memory does not grow with the learners.
CELLS = 400_000
# (lowest, highest) of each parameter.
BOUNDS = {
    "prior": (0.001, 0.999),
    "learn": (0.001, 0.999),
    "guess": (0.001, 0.499),
    "slip": (0.001, 0.499),
    "forget": (0.0, 0.5),
}
STARTS = (
    {"prior": 0.4, "learn": 0.2, "guess": 0.2, "slip": 0.1},
    {"prior": 0.1, "learn": 0.05, "guess": 0.35, "slip": 0.05},
    {"prior": 0.7, "learn": 0.3, "guess": 0.1, "slip": 0.25},
)
# What is assumed of a skill with fewer answers than this is `DEFAULT`.
LEAST_ANSWERS = 30


@dataclass(frozen=True, slots=True)
class Skill:
    """The parameters of a skill, all chances 0..1."""

    prior: float = 0.4
    learn: float = 0.15
    guess: float = 0.2
    slip: float = 0.1
    forget: float = 0.0

    def as_dict(self) -> dict[str, float]:
        """The parameters by name."""
        return asdict(self)


DEFAULT = Skill()


def expected(skill: Skill, mastery: float) -> float:
    """The chance of a right answer at this mastery."""
    return mastery * (1 - skill.slip) + (1 - mastery) * skill.guess


def updated(skill: Skill, mastery: float, *, correct: bool) -> float:
    """Mastery after one more answer: what it tells (Bayes), then learning and forgetting.

    Without forgetting a right answer never lowers it, as slip + guess is below 1.
    """
    known = mastery * (1 - skill.slip if correct else skill.slip)
    unknown = (1 - mastery) * (skill.guess if correct else 1 - skill.guess)
    told = known / (known + unknown)
    after = told * (1 - skill.forget) + (1 - told) * skill.learn
    # The quotient may round below a mastery of almost 1.
    return max(after, mastery) if correct and not skill.forget else after


def traced(skill: Skill, answers: Sequence[bool]) -> list[float]:
    """Mastery before the first answer and after each of them."""
    path = [skill.prior]
    for correct in answers:
        path.append(updated(skill, path[-1], correct=correct))
    return path


@dataclass(frozen=True, slots=True)
class TracedSkill:
    """A fitted skill with its log-likelihood; too few answers leave `skill` at the default."""

    skill: Skill
    answers: int
    loglik: float | None
    steps: int


def fit_skill(sequences: Sequence[Sequence[bool]], *, forgetting: bool = False) -> TracedSkill:
    """Fit one skill to the learners' answers in order; the best of several starts is kept."""
    count = sum(len(one) for one in sequences)
    if count < LEAST_ANSWERS:
        return TracedSkill(DEFAULT, count, None, 0)
    parts = _parts([one for one in sequences if one])
    forget = 0.05 if forgetting else 0.0
    found = [_climb(parts, Skill(**start, forget=forget)) for start in STARTS]
    skill, loglik, steps = max(found, key=lambda one: one[1])
    return TracedSkill(skill, count, loglik, steps)


def _parts(sequences: Sequence[Sequence[bool]]) -> "list[Part]":
    """Distinct sequences with how often each was seen, short ones first, in parts to work on."""
    import numpy as np

    counted = Counter(tuple(one) for one in sequences)
    order = sorted(counted, key=lambda one: (len(one), one))
    parts, held = [], 0
    while held < len(order):
        # The last of a part is its longest, and the others are padded to it.
        take = 1
        while held + take < len(order) and (take + 1) * len(order[held + take]) <= CELLS:
            take += 1
        rows = order[held : held + take]
        grid = np.full((len(rows), len(rows[-1])), -1.0)
        for at, row in enumerate(rows):
            grid[at, : len(row)] = row
        parts.append((grid, np.array([counted[row] for row in rows], dtype=float)))
        held += take
    return parts


def _climb(parts: "list[Part]", skill: Skill) -> tuple[Skill, float, int]:
    import numpy as np

    learners = sum(float(counts.sum()) for _grid, counts in parts)
    before, step = float("-inf"), 0
    for step in range(1, MOST_STEPS + 1):
        sums = [_sums(grid, counts, skill) for grid, counts in parts]
        loglik = sum(one[1] for one in sums)
        if step > 1 and loglik - before <= STILL * learners:
            return skill, loglik, step
        skill, before = _raised(np.sum([one[0] for one in sums], axis=0), skill), loglik
    return skill, before, step


def _sums(grid: "Floats", counts: "Floats", skill: Skill) -> "tuple[Floats, float]":
    """Expected counts of a part and its log-likelihood.

    The counts are learners who know at first, all learners; then per state (not known, known):
    moves to not known, moves to known; right answers; answers.
    """
    import numpy as np

    asked, right = grid >= 0, grid == 1
    seen = np.ones((*grid.shape, 2))
    seen[..., 0] = np.where(right, skill.guess, 1 - skill.guess)
    seen[..., 1] = np.where(right, 1 - skill.slip, skill.slip)
    seen[~asked] = 1.0
    move = np.array([[1 - skill.learn, skill.learn], [skill.forget, 1 - skill.forget]])
    ahead, scale = _forward(seen, move, np.array([1 - skill.prior, skill.prior]))
    behind = _backward(seen, move, scale)
    states = ahead * behind
    weight = counts[:, None] * asked
    each = (weight[:, 1:] / scale[:, 1:])[..., None, None]
    pair = ahead[:, :-1, :, None] * move * (seen * behind)[:, 1:, None, :] * each
    first = [float(counts @ states[:, 0, 1]), float(counts.sum())]
    hits = (states * (weight * right)[..., None]).sum(axis=(0, 1))
    mass = (states * weight[..., None]).sum(axis=(0, 1))
    sums = np.concatenate([first, pair.sum(axis=(0, 1)).ravel(), hits, mass])
    return sums, float(counts @ (np.log(scale) * asked).sum(axis=1))


def _raised(sums: "Floats", skill: Skill) -> Skill:
    """The parameters that make the expected counts likeliest, within their bounds."""
    known, learners, stay, learnt, forgot, kept, guessed, hit, unknown, knew = map(float, sums)
    new = {
        "prior": known / learners,
        "learn": _share(learnt, stay + learnt, skill.learn),
        "guess": _share(guessed, unknown, skill.guess),
        "slip": _share(knew - hit, knew, skill.slip),
        "forget": _share(forgot, forgot + kept, 0.0) if skill.forget else 0.0,
    }
    bounded = {name: min(max(new[name], low), high) for name, (low, high) in BOUNDS.items()}
    return Skill(**bounded)


def _forward(seen: "Floats", move: "Floats", prior: "Floats") -> "tuple[Floats, Floats]":
    """Chances of the states given the answers so far, and the chance of each answer."""
    import numpy as np

    ahead, scale = np.empty_like(seen), np.empty(seen.shape[:2])
    state = np.broadcast_to(prior, (seen.shape[0], 2))
    for at in range(seen.shape[1]):
        joint = state * seen[:, at]
        scale[:, at] = joint.sum(axis=1)
        ahead[:, at] = joint / scale[:, at, None]
        state = ahead[:, at] @ move
    return ahead, scale


def _backward(seen: "Floats", move: "Floats", scale: "Floats") -> "Floats":
    import numpy as np

    behind = np.ones_like(seen)
    for at in range(seen.shape[1] - 2, -1, -1):
        later = seen[:, at + 1] * behind[:, at + 1]
        behind[:, at] = later @ move.T / scale[:, at + 1, None]
    return behind


def _share(part: float, whole: float, otherwise: float) -> float:
    return float(part / whole) if whole > 0 else otherwise
