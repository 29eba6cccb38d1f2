"""How well risk is told: learnt on some runs, told for later ones, on given days."""

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from analytics.scoring.measures import auc, measures
from analytics.scoring.risk.fairness import fairness
from analytics.scoring.risk.figures import NAMES, figures
from analytics.scoring.risk.learning import Learnt, Rows, learn
from analytics.scoring.risk.model import RiskModel
from analytics.scoring.risk.reasons import tell
from analytics.scoring.risk.records import Member
from lms.kernel.errors import Invalid

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# A model for a day also learns from the weeks beside it, of runs that are over.
BESIDE = (-7.0, 0.0, 7.0)
EXPLAINED = 1_000
PASS_MARK = 50.0
# The groups of members by attribute, in their order.
Grouping = Callable[[Sequence[Member]], dict[str, list[str]]]


def rows_of(members: Sequence[Member], days: Sequence[float]) -> Rows:
    """The figures and outcomes of members on each day they were there."""
    import numpy as np

    tables, kept = [], []
    for day in days:
        present = [member for member in members if member.present(day)]
        tables.append(figures(present, day))
        kept += [(member, day) for member in present]
    return Rows(
        table=np.vstack(tables) if tables else np.empty((0, len(NAMES))),
        failed=np.array(
            [np.nan if one.failed is None else float(one.failed) for one, _day in kept],
            dtype=float,
        ),
        runs=[one.run.key for one, _day in kept],
        learners=[one.key for one, _day in kept],
        days=[day for _one, day in kept],
    )


def rule_of_thumb(table: "Floats") -> "Floats":
    """1 for who missed something that was due or has a mean below 50, else 0."""
    import numpy as np

    missed, mean = table[:, NAMES.index("missed")], table[:, NAMES.index("mean")]
    return ((missed > 0) | (np.nan_to_num(mean, nan=100.0) < PASS_MARK)).astype(float)


def risk_report(
    train: Sequence[Member],
    test: Sequence[Member],
    days: Sequence[float],
    grouping: Grouping | None = None,
) -> dict[str, Any]:
    """Measures by day, over all of `test` and by the first part of the run's key (the module).

    With `grouping` also how the model serves groups; what it learns from is the same.

    Learners who had not joined by the day or had left count nowhere. Raises Invalid without test
    learners.
    """
    if not test:
        raise Invalid(_("There are no learners to tell the risk of."), field="test")
    return {
        "figures": list(NAMES),
        "days": {f"{day:g}": _day(train, test, day, grouping) for day in days},
    }


def _day(
    train: Sequence[Member], test: Sequence[Member], day: float, grouping: Grouping | None
) -> dict[str, Any]:
    began = time.perf_counter()
    # In the first week the days beside it fall together.
    learnt = learn(rows_of(train, sorted({max(day + step, 1.0) for step in BESIDE})))
    seconds = time.perf_counter() - began
    there = [member for member in test if member.present(day)]
    present = [member for member in there if member.failed is not None]
    seen = {
        "n": len(present),
        "open_outcomes": len(there) - len(present),
        "not_joined": sum(one.joined is None or one.joined > day for one in test),
        "learnt_from": learnt.labelled,
        "notes": learnt.notes,
        "reason": learnt.reason,
        "seconds_to_learn": seconds,
    }
    if learnt.model is None or not present:
        return seen
    found = {**seen, **_measured(learnt, learnt.model, present, day)}
    if grouping is not None:
        rows = rows_of(present, [day])
        chances = learnt.model.chances(rows.table)
        found["fairness"] = fairness(rows.failed, chances, grouping(present))
    return found


def _measured(
    learnt: Learnt, model: RiskModel, present: Sequence[Member], day: float
) -> dict[str, Any]:
    rows = rows_of(present, [day])
    chances = model.chances(rows.table)
    rule = rule_of_thumb(rows.table)
    modules = [run.partition("/")[0] for run in rows.runs]
    return {
        "model": model.kind,
        "calibration": {"slope": model.slope, "offset": model.offset},
        **measures(rows.failed, chances),
        "rule_of_thumb_auc": auc(rows.failed, rule),
        "held_out_runs": learnt.held_out,
        "by_module": {
            module: measures(
                rows.failed[(here := [at for at, one in enumerate(modules) if one == module])],
                chances[here],
            )
            for module in sorted(set(modules))
        },
        "explained": _explained(model, present[:EXPLAINED], day),
    }


def _explained(model: RiskModel, members: Sequence[Member], day: float) -> dict[str, Any]:
    """Seconds for the reasons of up to 1,000 learners, and the largest gap of their sums."""
    began = time.perf_counter()
    told = tell(model, members, day)
    seconds = time.perf_counter() - began
    odds = model.log_odds(figures(members, day))
    gaps = [
        abs(one.base + sum(reason.log_odds for reason in one.reasons) + one.rest - float(total))
        for one, total in zip(told, odds, strict=True)
        if one.chance is not None
    ]
    first = next((one for one in told if one.chance is not None), None)
    return {
        "learners": len(told),
        "seconds": seconds,
        "largest_gap": max(gaps, default=0.0),
        "abstained": sum(one.chance is None for one in told),
        "example": None
        if first is None
        else {
            "chance": first.chance,
            "base": first.base,
            "reasons": [{"log_odds": one.log_odds, "text": one.text} for one in first.reasons],
            "rest": first.rest,
        },
    }
