"""Boosted trees as plain numbers: kept as JSON, read and explained without the library.

A forest gives log-odds. The contribution of a feature is its Shapley value in the game whose worth
for a set of features is the forest's mean answer when only these are known, the rest following the
training rows down each branch (Lundberg et al. 2020, Nature Machine Intelligence 2, 56-67, "tree
path dependent"). A leaf is a product of conditions on few features, so that its values for every
pattern of conditions met are worked out once; one look-up per leaf then explains a learner. The
contributions and `base` add up to the log-odds exactly, but for rounding.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import factorial, inf
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Condition:
    """What a leaf asks of one feature: above `low`, at most `high`, or missing if `missing`.

    `share` of the training rows that reach its branches meet it.
    """

    feature: int
    low: float
    high: float
    missing: bool
    share: float

    def met(self, column: "Floats") -> "NDArray[np.bool_]":
        """Whether each value meets it."""
        import numpy as np

        inside = (column > self.low) & (column <= self.high)
        return inside | (np.isnan(column) if self.missing else False)


@dataclass(frozen=True, slots=True)
class Leaf:
    """A leaf's value and its conditions, one per feature."""

    value: float
    conditions: tuple[Condition, ...]


# A node: (feature, threshold, missing goes left, left, right, value, count); a leaf has feature -1.
Node = tuple[int, float, bool, int, int, float, float]


@dataclass(frozen=True)
class Forest:
    """Trees of nodes; `start` is the log-odds before the first tree."""

    start: float
    trees: tuple[tuple[Node, ...], ...]
    features: int

    @classmethod
    def of_sklearn(cls, model: Any, columns: Sequence[int], features: int) -> "Forest":
        """The trees of a fitted HistGradientBoostingClassifier of two classes.

        `columns` are the places of its features among all `features` of ours.
        """
        stages = [one for stage in model._predictors for one in stage]  # noqa: SLF001
        trees = [tuple(_node(node, columns) for node in one.nodes) for one in stages]
        start = float(model._baseline_prediction.ravel()[0])  # noqa: SLF001
        return cls(start, tuple(trees), features)

    @cached_property
    def leaves(self) -> list[Leaf]:
        """The leaves of all trees."""
        return [leaf for tree in self.trees for leaf in _leaves(tree)]

    @cached_property
    def _tables(self) -> "list[tuple[Leaf, Floats]]":
        return [(leaf, _shapley(leaf)) for leaf in self.leaves]

    @cached_property
    def base(self) -> float:
        """The mean log-odds over the training rows: what is said of somebody unknown."""
        total = self.start
        for leaf in self.leaves:
            reached = 1.0
            for condition in leaf.conditions:
                reached *= condition.share
            total += leaf.value * reached
        return total

    def contributions(self, rows: "Floats") -> "Floats":
        """What each feature adds to the log-odds, of (rows, features)."""
        import numpy as np

        added = np.zeros((len(rows), self.features))
        for leaf, table in self._tables:
            pattern = np.zeros(len(rows), dtype=np.int64)
            for place, condition in enumerate(leaf.conditions):
                pattern |= condition.met(rows[:, condition.feature]).astype(np.int64) << place
            for place, condition in enumerate(leaf.conditions):
                added[:, condition.feature] += table[pattern, place]
        return added

    def log_odds(self, rows: "Floats") -> "Floats":
        """The log-odds by walking the trees, without contributions."""
        import numpy as np

        total = np.full(len(rows), self.start)
        for leaf in self.leaves:
            held = np.ones(len(rows), dtype=bool)
            for condition in leaf.conditions:
                held &= condition.met(rows[:, condition.feature])
            total += leaf.value * held
        return total

    def as_json(self) -> dict[str, Any]:
        """Numbers only, to be read by `of_json`."""
        return {"start": self.start, "features": self.features, "trees": self.trees}

    @classmethod
    def of_json(cls, kept: dict[str, Any]) -> "Forest":
        """A forest as it was kept."""
        trees = tuple(tuple(_read(node) for node in tree) for tree in kept["trees"])
        return cls(float(kept["start"]), trees, int(kept["features"]))


def _node(node: Any, columns: Sequence[int]) -> Node:
    if node["is_leaf"]:
        return (-1, 0.0, False, 0, 0, float(node["value"]), float(node["count"]))
    # A split of missing values from all others has an infinite threshold, which JSON lacks.
    threshold = min(float(node["num_threshold"]), 1e300)
    return (
        columns[int(node["feature_idx"])],
        threshold,
        bool(node["missing_go_to_left"]),
        int(node["left"]),
        int(node["right"]),
        0.0,
        float(node["count"]),
    )


def _read(node: Sequence[Any]) -> Node:
    feature, threshold, missing, left, right, value, count = node
    return (
        int(feature),
        float(threshold),
        bool(missing),
        int(left),
        int(right),
        float(value),
        float(count),
    )


def _leaves(tree: Sequence[Node]) -> Iterator[Leaf]:
    """The leaves below the root, the conditions on a feature joined on the way."""
    waiting: list[tuple[int, dict[int, Condition]]] = [(0, {})]
    while waiting:
        at, met = waiting.pop()
        feature, threshold, missing, left, right, value, count = tree[at]
        if feature < 0:
            yield Leaf(value, tuple(met[key] for key in sorted(met)))
            continue
        held = met.get(feature, Condition(feature, -inf, inf, missing=True, share=1.0))
        for child, goes_left in ((left, True), (right, False)):
            narrowed = Condition(
                feature,
                held.low if goes_left else max(held.low, threshold),
                min(held.high, threshold) if goes_left else held.high,
                missing=held.missing and missing == goes_left,
                share=held.share * tree[child][6] / count,
            )
            waiting.append((child, {**met, feature: narrowed}))


def _shapley(leaf: Leaf) -> "Floats":
    """The Shapley values of a leaf's conditions for each pattern of those met, as bits.

    The worth of a set is the product of `met` over its members and of the shares over the others.
    The products over all sets of one size are the coefficients of the polynomial with a factor
    share + met * z for each of the other conditions.
    """
    import numpy as np

    count = len(leaf.conditions)
    shares = [condition.share for condition in leaf.conditions]
    met = (np.arange(2**count)[:, None] >> np.arange(max(count, 1)) & 1).astype(float)
    weights = [factorial(k) * factorial(count - k - 1) / factorial(count) for k in range(count)]
    table = np.zeros((2**count, max(count, 1)))
    for place in range(count):
        sums = np.zeros((2**count, count))
        sums[:, 0] = 1.0
        for other in range(count):
            if other != place:
                with_it = sums * met[:, other : other + 1]
                sums *= shares[other]
                sums[:, 1:] += with_it[:, :-1]
        table[:, place] = leaf.value * (met[:, place] - shares[place]) * (sums @ weights)
    return table
