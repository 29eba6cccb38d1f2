"""Learning a risk model from rows of figures with known outcomes, with guards that speak.

A logistic regression below `LEAST_BOOSTED` labelled learners, gradient boosting above
(Friedman 2001; histogram trees as in Ke et al. 2017). Both are calibrated on scores of rows that
the scoring model had not seen: whole runs of a course are held out together, since learners of one
run share its marking and its dates.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.scoring.measures import Measures, auc, measures
from analytics.scoring.risk.figures import NAMES
from analytics.scoring.risk.forest import Forest
from analytics.scoring.risk.linear import Linear
from analytics.scoring.risk.model import Kind, RiskModel, chance_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LEAST_LABELLED, LEAST_OF_CLASS, LEAST_BOOSTED = 30, 5, 500
# A single figure that parts the outcomes so well was known only after them.
LEAK = 0.99
FOLDS = 5
SEED = 20_260
# Calibration may stretch or flatten the log-odds by so much and no more.
SLOPES = (0.5, 2.0)
# Rows in a leaf, per day on which the same learner was looked at.
LEAF_ROWS = 60


@dataclass(frozen=True)
class Rows:
    """Figures of learners on days; `failed` is 0, 1 or NaN while open, `weights` >= 0."""

    table: "Floats"
    failed: "Floats"
    runs: Sequence[str]
    learners: Sequence[str]
    days: Sequence[float]
    weights: "Floats | None" = None
    names: Sequence[str] = NAMES

    def __len__(self) -> int:
        return len(self.failed)

    def of(self, kept: Sequence[int]) -> "Rows":
        """Some of the rows."""
        return replace(
            self,
            table=self.table[kept],
            failed=self.failed[kept],
            runs=[self.runs[at] for at in kept],
            learners=[self.learners[at] for at in kept],
            days=[self.days[at] for at in kept],
            weights=None if self.weights is None else self.weights[kept],
        )


@dataclass(frozen=True)
class Learnt:
    """A model with the figures of its held-out runs, all and by run, or `reason` why none."""

    model: RiskModel | None
    reason: str | None = None
    labelled: int = 0
    notes: list[str] = field(default_factory=list)
    held_out: Measures | None = None
    by_run: dict[str, Measures] = field(default_factory=dict)


def learn(rows: Rows) -> Learnt:
    """Learn from the rows; what is missing is said in `reason` or `notes`, and never crashes."""
    import numpy as np

    rows, notes = _usable(rows)
    people = {}
    for run, learner, failed in zip(rows.runs, rows.learners, rows.failed, strict=True):
        people[run, learner] = failed
    reason = _why_not(len(people), int(sum(people.values())))
    if reason:
        return Learnt(None, reason, len(people), notes)
    columns, said = _columns(rows)
    notes += said
    if not columns:
        text = _("No figure varies between these learners, so nothing can be learnt.")
        return Learnt(None, text, len(people), notes)
    kind: Kind = "boosting" if len(people) >= LEAST_BOOSTED else "logistic"
    raw = _held_out(kind, rows, columns, notes)
    slope, offset = _calibration(raw, rows.failed)
    model = RiskModel(kind, _core(kind, rows, columns), slope, offset)
    chances = chance_of(offset + slope * np.asarray(raw))
    held = measures(rows.failed, chances)
    return Learnt(model, None, len(people), notes, held, _by_run(rows, chances))


def _by_run(rows: Rows, chances: "Floats") -> dict[str, Measures]:
    places: dict[str, list[int]] = {}
    for at, run in enumerate(rows.runs):
        places.setdefault(run, []).append(at)
    return {run: measures(rows.failed[here], chances[here]) for run, here in places.items()}


def _usable(rows: Rows) -> tuple[Rows, list[str]]:
    """Rows with an outcome and a weight, each learner once a day."""
    import numpy as np

    notes = []
    weights = np.ones(len(rows)) if rows.weights is None else rows.weights
    labelled = ~np.isnan(rows.failed)
    if labelled.any() and not (weights[labelled] > 0).any():
        notes.append(_("All weights are zero, so no row counts."))
    seen: set[tuple[str, str, float]] = set()
    kept, doubled = [], 0
    for at in np.flatnonzero(labelled & (weights > 0)).tolist():
        key = (rows.runs[at], rows.learners[at], rows.days[at])
        if key in seen:
            doubled += 1
            continue
        seen.add(key)
        kept.append(at)
    if doubled:
        text = ngettext(
            "%(count)d row came twice and counts once.",
            "%(count)d rows came twice and count once.",
            doubled,
        )
        notes.append(text % {"count": doubled})
    return rows.of(kept), notes


def _why_not(labelled: int, failed: int) -> str | None:
    if labelled < LEAST_LABELLED:
        text = ngettext(
            "%(n)d learner with a known outcome is too few; %(least)d are needed.",
            "%(n)d learners with a known outcome are too few; %(least)d are needed.",
            labelled,
        )
        return text % {"n": labelled, "least": LEAST_LABELLED}
    fewer = min(failed, labelled - failed)
    if fewer == 0:
        return _("All of these learners ended alike, so nothing can be told apart.")
    if fewer < LEAST_OF_CLASS:
        text = ngettext(
            "Only %(n)d learner ended otherwise than the rest; %(least)d are needed.",
            "Only %(n)d learners ended otherwise than the rest; %(least)d are needed.",
            fewer,
        )
        return text % {"n": fewer, "least": LEAST_OF_CLASS}
    return None


def _columns(rows: Rows) -> tuple[list[int], list[str]]:
    """The columns to learn from, and what was left out in words."""
    import numpy as np

    columns, notes = [], []
    for at, name in enumerate(rows.names):
        column = rows.table[:, at]
        gone = np.isnan(column)
        if gone.all():
            notes.append(_("%(name)s is missing for everybody and left out.") % {"name": name})
        elif not gone.any() and column.min() == column.max():
            continue
        elif _leaks(column, gone, rows.failed):
            text = _("%(name)s tells the outcome almost surely, as if known only after it.")
            notes.append(text % {"name": name})
        else:
            columns.append(at)
    return columns, notes


def _leaks(column: "Floats", gone: "NDArray[np.bool_]", failed: "Floats") -> bool:
    """Whether the figure, or that it is missing, parts the outcomes almost surely."""
    import numpy as np

    low, high = float(np.nanmin(column)) - 1, float(np.nanmax(column)) + 1
    tries = (np.where(gone, low, column), np.where(gone, high, column), gone.astype(float))
    found = [auc(failed, one) for one in tries]
    return any(area is not None and max(area, 1 - area) >= LEAK for area in found)


def _held_out(kind: Kind, rows: Rows, columns: list[int], notes: list[str]) -> "Floats":
    """The raw log-odds of each row by a model that has not seen its run."""
    import numpy as np

    raw = np.zeros(len(rows))
    for seen, unseen in _folds(rows, notes):
        core = _core(kind, rows.of(seen), columns)
        part = rows.table[unseen]
        raw[unseen] = (
            core.log_odds(part)
            if isinstance(core, Forest)
            else core.base + core.contributions(part).sum(axis=1)
        )
    return raw


def _folds(rows: Rows, notes: list[str]) -> Iterator[tuple[list[int], list[int]]]:
    """(seen, unseen) rows: by run where both parts have both outcomes, else by learner."""
    from sklearn.model_selection import GroupKFold

    runs = list(rows.runs)
    if len(set(runs)) > 1:
        count = min(FOLDS, len(set(runs)))
        found = list(GroupKFold(count).split(rows.table, rows.failed, runs))
        if all(len(set(rows.failed[seen])) == 2 for seen, _unseen in found):
            yield from ((seen.tolist(), unseen.tolist()) for seen, unseen in found)
            return
    notes.append(_("Too few runs to hold one out; learners were held out instead."))
    yield from _by_learner(rows)


def _by_learner(rows: Rows) -> Iterator[tuple[list[int], list[int]]]:
    """Folds of learners, each with its part of both outcomes."""
    fold_of: dict[tuple[str, str], int] = {}
    given = [0, 0]
    order = sorted(range(len(rows)), key=lambda at: (rows.runs[at], rows.learners[at]))
    for at in order:
        key, failed = (rows.runs[at], rows.learners[at]), int(rows.failed[at])
        if key not in fold_of:
            fold_of[key] = given[failed] % FOLDS
            given[failed] += 1
    place = [fold_of[key] for key in zip(rows.runs, rows.learners, strict=True)]
    for fold in range(FOLDS):
        unseen = [at for at, one in enumerate(place) if one == fold]
        if unseen:
            yield [at for at, one in enumerate(place) if one != fold], unseen


def _core(kind: Kind, rows: Rows, columns: list[int]) -> Forest | Linear:
    import numpy as np
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    weights = np.ones(len(rows)) if rows.weights is None else rows.weights
    if kind == "logistic":
        table = np.full_like(rows.table, np.nan)
        table[:, columns] = rows.table[:, columns]
        return Linear.fit(table, rows.failed, weights)
    model = boosting(len(set(rows.days)))
    # A part of the rows may lack a figure that the whole has.
    held = [at for at in columns if not np.isnan(rows.table[:, at]).all()]
    # One thread: the sums of several differ in the last bit, and they wait for one another.
    with threadpool_limits(limits=1):
        model.fit(rows.table[:, held], rows.failed, sample_weight=weights)
    return Forest.of_sklearn(model, held, rows.table.shape[1])


def boosting(days: int) -> Any:
    """The unfitted trees; leaves grow with the days on which each learner was looked at."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(
        max_iter=120,
        learning_rate=0.05,
        max_leaf_nodes=12,
        max_depth=5,
        min_samples_leaf=LEAF_ROWS * max(days, 1),
        l2_regularization=5.0,
        early_stopping=False,
        random_state=SEED,
    )


def _calibration(raw: "Floats", failed: "Floats") -> tuple[float, float]:
    """Slope and offset that make the held-out log-odds likeliest (Platt 1999), by Newton steps."""
    import numpy as np

    # Shares just inside 0 and 1, as Platt has them: held-out scores may part the classes fully.
    hits = failed.sum()
    aim = np.where(failed > 0, (hits + 1) / (hits + 2), 1 / (len(failed) - hits + 2))
    design = np.column_stack([raw, np.ones(len(raw))])
    point = np.array([1.0, 0.0])
    for _step in range(50):
        chance = chance_of(design @ point)
        weight = np.maximum(chance * (1 - chance), 1e-6)
        bend = design.T @ (design * weight[:, None]) + 1e-6 * np.eye(2)
        move = np.linalg.solve(bend, design.T @ (aim - chance))
        point = point + np.clip(move, -1.0, 1.0)
        if float(np.abs(move).max()) < 1e-9:
            break
    slope = float(np.clip(point[0], *SLOPES))
    return slope, float(point[1])
