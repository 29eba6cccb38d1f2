"""Ranking courses for a learner from who took what: item-based, EASE and plain popularity.

- `item`: the sum of the cosines of a course with the courses taken (Deshpande & Karypis 2004, ACM
  Transactions on Information Systems 22, 143-177)
- `item_best`: the cosine with the most alike course taken
- `ease`: a linear model of each course from all others with a ridge penalty and no weight on
  itself, in closed form (Steck 2019, WWW, "Embarrassingly shallow autoencoders"). Its penalty is
  the one that ranks one hidden course of each learner best within the training enrolments.
- `popular`: the number of learners

Pages rank by `item` or `ease`, whichever ranks better on the site's own enrolments
(`chosen_weights`). Courses taken in training are never ranked. Ties go to the more popular, then
to the name.
"""

import math
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from analytics.scoring.recommend import similarities
from lms.kernel.errors import Invalid

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MODELS = ("popular", "item_best", "item", "ease")
PENALTIES = (1.0, 10.0, 50.0, 200.0, 1_000.0)
SEED = 20_260
CHUNK = 2_000
# Learners whose hidden course chooses the penalty.
TRIED = 5_000
# Pages rank by the cosines where fewer learners could say which model is better, and where EASE,
# whose work grows with the cube of the courses, would take minutes.
LEAST_TRIED = 50
MOST_COURSES = 2_000
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Taken:
    """Who took what: `courses` in order of their names, `by` learner the places of theirs."""

    courses: list[str]
    by: dict[str, list[int]]

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> "Taken":
        """From (learner, course) pairs, doubles allowed."""
        found: dict[str, set[str]] = defaultdict(set)
        for learner, course in pairs:
            found[learner].add(course)
        courses = sorted({course for taken in found.values() for course in taken})
        place = {course: at for at, course in enumerate(courses)}
        by = {who: sorted(place[course] for course in found[who]) for who in sorted(found)}
        return cls(courses, by)

    def dense(self, learners: Sequence[str]) -> "Floats":
        """0/1 of (learners, courses)."""
        import numpy as np

        table = np.zeros((len(learners), len(self.courses)))
        for row, learner in enumerate(learners):
            table[row, self.by.get(learner, [])] = 1.0
        return table

    def together(self) -> "Floats":
        """How many learners took both of two courses, of (courses, courses)."""
        import numpy as np

        learners = list(self.by)
        total = np.zeros((len(self.courses), len(self.courses)))
        for start in range(0, len(learners), CHUNK):
            part = self.dense(learners[start : start + CHUNK])
            total += part.T @ part
        return total


def ranking_report(train: Pairs, test: Pairs) -> dict[str, Any]:
    """Recall, NDCG and coverage of each model for the learners of `test`, over all courses.

    `recall_at` counts the hits among all test courses of a learner, `recall_capped_at` among as
    many as fit into the list. Raises Invalid where there is nothing to rank.
    """
    taken = Taken.of(train)
    place = {course: at for at, course in enumerate(taken.courses)}
    wanted: dict[str, set[int]] = defaultdict(set)
    unknown = 0
    for learner, course in sorted(set(test)):
        if course not in place:
            unknown += 1
        elif place[course] not in taken.by.get(learner, []):
            wanted[learner].add(place[course])
    if not wanted:
        raise Invalid(_("No learner of the test took a course that training knows."), field="test")
    return {
        "learners": len(wanted),
        "courses": len(taken.courses),
        "unknown_courses": unknown,
        "new_learners": sum(learner not in taken.by for learner in wanted),
        "models": {name: _scored(name, taken, wanted) for name in MODELS},
    }


def weights_of(name: str, taken: Taken) -> "tuple[Floats | None, dict[str, Any]]":
    """The (courses, courses) weights of a model with what was chosen; None for popularity."""
    if name == "popular":
        return None, {}
    if name == "ease":
        weights, found = _ease_chosen(taken, _Trial.of(taken))
        return weights, {"penalty": found["penalty"]}
    return _cosines(taken), {}


def _cosines(taken: Taken) -> "Floats":
    """The product's likeness of courses: none where fewer than five learners took both."""
    import numpy as np

    numbers = {learner: at for at, learner in enumerate(taken.by)}
    found = np.zeros((len(taken.courses), len(taken.courses)))
    pairs = ((numbers[who], course) for who, courses in taken.by.items() for course in courses)
    for pair in similarities(pairs):
        found[pair.because, pair.course] = pair.similarity
    return found


def ease(together: "Floats", penalty: float) -> "Floats":
    """The weights in closed form: -P / diag(P) with P the inverse of `together` + penalty."""
    import numpy as np

    inverse = np.linalg.inv(together + penalty * np.eye(len(together)))
    weights: Floats = -inverse / np.diag(inverse)[None, :]
    np.fill_diagonal(weights, 0.0)
    return weights


def chosen_weights(taken: Taken) -> "tuple[str, Floats]":
    """(`item` or `ease`, its weights): which ranks a hidden course of each learner better.

    With fewer than `LEAST_TRIED` learners of several courses, or more courses than can be
    compared at once, it is `item`.
    """
    cosines = _cosines(taken)
    trial = _Trial.of(taken)
    if len(trial.wanted) < LEAST_TRIED or len(taken.courses) > MOST_COURSES:
        return "item", cosines
    weights, found = _ease_chosen(taken, trial)
    return (
        ("ease", weights) if found["ndcg"] > trial.ndcg(_cosines(trial.less)) else ("item", cosines)
    )


@dataclass(frozen=True)
class _Trial:
    """Enrolments less one hidden course of each learner of several, and what is hidden."""

    less: Taken
    wanted: dict[str, set[int]]

    @classmethod
    def of(cls, taken: Taken) -> "_Trial":
        """By a fixed draw, so that every model has the same to find."""
        import numpy as np

        rng = np.random.default_rng(SEED)
        many = [who for who, courses in taken.by.items() if len(courses) > 1]
        hidden = {who: int(rng.choice(taken.by[who])) for who in many}
        kept = {
            who: [course for course in courses if course != hidden.get(who)]
            for who, courses in taken.by.items()
        }
        return cls(Taken(taken.courses, kept), {who: {hidden[who]} for who in many[:TRIED]})

    def ndcg(self, weights: "Floats") -> float:
        """How well weights rank what is hidden."""
        return _measured(self.less, self.wanted, weights, best=False)["ndcg_at_10"]


def _ease_chosen(taken: Taken, trial: _Trial) -> "tuple[Floats, dict[str, Any]]":
    penalty, found = PENALTIES[2], {}
    if trial.wanted:
        together = trial.less.together()
        found = {one: trial.ndcg(ease(together, one)) for one in PENALTIES}
        penalty = max(found, key=lambda one: found[one])
    return ease(taken.together(), penalty), {"penalty": penalty, "ndcg": found.get(penalty, 0.0)}


def _scored(name: str, taken: Taken, wanted: dict[str, set[int]]) -> dict[str, Any]:
    began = time.perf_counter()
    weights, extra = weights_of(name, taken)
    found = _measured(taken, wanted, weights, best=name == "item_best")
    return {**found, "seconds": time.perf_counter() - began, **extra}


def _measured(
    taken: Taken, wanted: dict[str, set[int]], weights: "Floats | None", *, best: bool
) -> dict[str, float]:
    import numpy as np

    popular = np.zeros(len(taken.courses))
    for courses in taken.by.values():
        popular[courses] += 1
    # Far below any score, so that it decides ties alone; the name comes last by a stable sort.
    nudge = popular / (popular.max() + 1) * 1e-9
    sums: dict[str, float] = defaultdict(float)
    shown: set[int] = set()
    learners = list(wanted)
    for start in range(0, len(learners), CHUNK):
        part = learners[start : start + CHUNK]
        rows = taken.dense(part)
        scores = _scores(rows, weights, best=best) + nudge
        scores[rows > 0] = -np.inf
        order = np.argsort(-scores, axis=1, kind="stable")[:, :20]
        for row, learner in enumerate(part):
            known = len(taken.by.get(learner, ()))
            ranked = order[row, : max(len(taken.courses) - known, 0)].tolist()
            shown.update(ranked[:10])
            for key, value in _of_learner(ranked, wanted[learner]).items():
                sums[key] += value
    means = {key: value / len(learners) for key, value in sums.items()}
    return {**means, "coverage_at_10": len(shown) / len(taken.courses)}


def _scores(rows: "Floats", weights: "Floats | None", *, best: bool) -> "Floats":
    import numpy as np

    if weights is None:
        return np.zeros_like(rows)
    if not best:
        added: Floats = rows @ weights
        return added
    found = np.zeros_like(rows)
    for row, taken in enumerate(rows):
        mine = np.flatnonzero(taken)
        if len(mine):
            found[row] = weights[mine].max(axis=0)
    return found


def _of_learner(ranked: Sequence[int], wanted: set[int]) -> dict[str, float]:
    found = {}
    for k in (10, 20):
        hits = [at for at, course in enumerate(ranked[:k]) if course in wanted]
        best = sum(1 / math.log2(at + 2) for at in range(min(k, len(wanted))))
        found[f"recall_at_{k}"] = len(hits) / len(wanted)
        found[f"recall_capped_at_{k}"] = len(hits) / min(k, len(wanted))
        found[f"ndcg_at_{k}"] = sum(1 / math.log2(at + 2) for at in hits) / best
    return found
