"""The next answer from the answers before it: how much a learner got right, of what and how lately.

Counts of right and wrong answers per skill as in performance factors analysis (Pavlik, Cen &
Koedinger 2009), with shares that fade (Galyardt & Goldin 2015), and how hard item and skill were to
others. A logistic regression while there are few answers, gradient boosting above. How hard an item
is comes from other learners than those of the row, or a rare item would tell its own answer.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import log1p
from typing import TYPE_CHECKING, Any

from analytics.scoring.mastery.answers import Answer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

FEATURES = (
    "item_share",
    "item_answers",
    "skill_share",
    "learner_share",
    "learner_answers",
    "skill_right",
    "skill_wrong",
    "skill_fading",
    "learner_fading",
    "last_right",
    "item_seen",
    "item_right",
)
FADE = 0.8
# Shares are drawn towards the mean of all as if by this many answers more.
PRIOR_ANSWERS = 5.0
FOLDS = 5
LEAST_BOOSTED = 2_000
MOST_BOOSTED = 400_000
SEED = 20_260


@dataclass(slots=True)
class Shares:
    """Right answers and answers by key."""

    right: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    count: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def add(self, key: str, *, correct: bool) -> None:
        """Count an answer."""
        self.right[key] += correct
        self.count[key] += 1

    def of(self, key: str, mean: float, less: "Shares | None" = None) -> tuple[float, float]:
        """The smoothed share and the answers, without those counted in `less`."""
        right, count = self.right.get(key, 0.0), self.count.get(key, 0.0)
        if less is not None:
            right, count = right - less.right.get(key, 0.0), count - less.count.get(key, 0.0)
        return (right + PRIOR_ANSWERS * mean) / (count + PRIOR_ANSWERS), count


@dataclass(slots=True)
class Hardness:
    """How often items and skills were answered rightly, by everybody and by each fold."""

    mean: float
    items: Shares
    skills: Shares
    fold_items: list[Shares]
    fold_skills: list[Shares]
    fold_of: dict[str, int]

    @classmethod
    def of(cls, answers: Sequence[Answer]) -> "Hardness":
        """Count; learners are dealt to the folds in order of their names."""
        learners = sorted({one.learner for one in answers})
        found = cls(
            mean=sum(one.correct for one in answers) / len(answers) if answers else 0.5,
            items=Shares(),
            skills=Shares(),
            fold_items=[Shares() for _ in range(FOLDS)],
            fold_skills=[Shares() for _ in range(FOLDS)],
            fold_of={learner: at % FOLDS for at, learner in enumerate(learners)},
        )
        for one in answers:
            fold = found.fold_of[one.learner]
            for shares, key in (
                (found.items, one.item),
                (found.fold_items[fold], one.item),
                (found.skills, one.skill),
                (found.fold_skills[fold], one.skill),
            ):
                shares.add(key, correct=one.correct)
        return found

    def figures(self, one: Answer) -> list[float]:
        """(share of the item, answers to it, share of the skill), from other learners."""
        fold = self.fold_of.get(one.learner)
        less = (None, None) if fold is None else (self.fold_items[fold], self.fold_skills[fold])
        skill, _count = self.skills.of(one.skill, self.mean, less[1])
        item, count = self.items.of(one.item, skill, less[0])
        return [item, log1p(count), skill]


@dataclass(slots=True)
class Past:
    """What a learner answered so far."""

    right: float = 0.0
    count: float = 0.0
    fading: float | None = None
    skills: dict[str, list[float]] = field(default_factory=dict)
    items: dict[str, list[float]] = field(default_factory=dict)

    def figures(self, one: Answer, mean: float) -> list[float]:
        """The figures of `FEATURES` from the fourth on, before the answer."""
        right, wrong, fading, last = self.skills.get(one.skill, [0.0, 0.0, -1.0, -1.0])
        seen, hit = self.items.get(one.item, [0.0, 0.0])
        share = (self.right + PRIOR_ANSWERS * mean) / (self.count + PRIOR_ANSWERS)
        nothing = float("nan")
        return [
            share,
            log1p(self.count),
            log1p(right),
            log1p(wrong),
            fading if fading >= 0 else nothing,
            self.fading if self.fading is not None else nothing,
            last if last >= 0 else nothing,
            log1p(seen),
            hit / seen if seen else nothing,
        ]

    def add(self, one: Answer) -> None:
        """Count the answer."""
        got = float(one.correct)
        self.right += got
        self.count += 1
        self.fading = got if self.fading is None else FADE * self.fading + (1 - FADE) * got
        skill = self.skills.setdefault(one.skill, [0.0, 0.0, -1.0, -1.0])
        skill[0 if one.correct else 1] += 1
        skill[2] = got if skill[2] < 0 else FADE * skill[2] + (1 - FADE) * got
        skill[3] = got
        item = self.items.setdefault(one.item, [0.0, 0.0])
        item[0] += 1
        item[1] += got


def figures(answers: Iterable[Answer], hardness: Hardness, pasts: dict[str, Past]) -> "Floats":
    """The figures before each answer; `pasts` of the learners is carried on. Answers in order."""
    import numpy as np

    rows = []
    for one in answers:
        past = pasts.setdefault(one.learner, Past())
        rows.append(hardness.figures(one) + past.figures(one, hardness.mean))
        past.add(one)
    return np.array(rows, dtype=float).reshape(len(rows), len(FEATURES))


@dataclass(slots=True)
class HistoryModel:
    """A fitted model; `kind` is `constant`, `logistic` or `boosting`."""

    kind: str
    hardness: Hardness
    pasts: dict[str, Past]
    model: Any
    columns: list[int]

    @classmethod
    def fit(cls, answers: Sequence[Answer]) -> "HistoryModel":
        """Learn from answers in order; with one outcome only, that mean is all that is said."""
        import numpy as np

        hardness, pasts = Hardness.of(answers), dict[str, Past]()
        rows = figures(answers, hardness, pasts)
        right = np.array([one.correct for one in answers], dtype=float)
        if len(answers) < 2 or len(set(right)) < 2:
            return cls("constant", hardness, pasts, None, [])
        if len(rows) > MOST_BOOSTED:
            drawn = np.random.default_rng(SEED).choice(len(rows), MOST_BOOSTED, replace=False)
            rows, right = rows[drawn], right[drawn]
        kind = "boosting" if len(rows) >= LEAST_BOOSTED else "logistic"
        # Gradient boosting stops at a column without any value, as when no item came twice.
        columns = [at for at in range(rows.shape[1]) if not np.isnan(rows[:, at]).all()]
        return cls(kind, hardness, pasts, _fitted(kind, rows[:, columns], right), columns)

    def predict(self, answers: Sequence[Answer]) -> "Floats":
        """The chance of a right answer before each; earlier ones of the list are known then."""
        import numpy as np

        rows = figures(answers, self.hardness, self.pasts)
        if self.model is None:
            return np.full(len(rows), self.hardness.mean)
        chance: Floats = self.model.predict_proba(rows[:, self.columns])[:, 1]
        return chance


def _fitted(kind: str, rows: "Floats", right: "Floats") -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    if kind == "logistic":
        model = make_pipeline(
            SimpleImputer(add_indicator=True),
            StandardScaler(),
            LogisticRegression(C=0.3, max_iter=500),
        )
    else:
        model = HistGradientBoostingClassifier(
            max_iter=150,
            learning_rate=0.06,
            max_leaf_nodes=16,
            min_samples_leaf=50,
            l2_regularization=2.0,
            random_state=SEED,
        )
    with threadpool_limits(limits=1):
        return model.fit(rows, right)
