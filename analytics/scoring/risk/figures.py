"""The figures of a learner's work strictly before a day, from which a risk is told.

Nothing about the person enters, and nothing that happened on the day or after it. Shares and scores
are also told as the place among those of the same run on the same day, which means the same in an
easy course and in a hard one. What is not known is NaN; no figure is made up for it.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from analytics.scoring.risk.records import Handed, Member, Task

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

NAN = float("nan")


class Theme(StrEnum):
    """What several figures tell of together; a reason names a theme."""

    WORK = "work"
    SCORES = "scores"
    TIMING = "timing"
    SILENCE = "silence"
    JOINING = "joining"
    COURSE = "course"


THEMES: dict[str, Theme] = {
    "joined": Theme.JOINING,
    "carried": Theme.JOINING,
    "share": Theme.WORK,
    "weight_share": Theme.WORK,
    "weight_missed": Theme.WORK,
    "missed": Theme.WORK,
    "missed_in_row": Theme.WORK,
    "last_due_handed": Theme.WORK,
    "mean": Theme.SCORES,
    "weighted_mean": Theme.SCORES,
    "lowest": Theme.SCORES,
    "first": Theme.SCORES,
    "last": Theme.SCORES,
    "trend": Theme.SCORES,
    "earned": Theme.SCORES,
    "late_mean": Theme.TIMING,
    "late_last": Theme.TIMING,
    "late_most": Theme.TIMING,
    "late_share": Theme.TIMING,
    "ahead": Theme.TIMING,
    "silent": Theme.SILENCE,
    "since_due": Theme.COURSE,
    "due": Theme.COURSE,
    "weight_due": Theme.COURSE,
    "weight_left": Theme.COURSE,
    "progress": Theme.COURSE,
}
RANKED = ("joined", "weight_share", "weighted_mean", "last", "earned", "late_mean", "silent")
NAMES: tuple[str, ...] = (*THEMES, *(f"{name}_place" for name in RANKED))
THEME_OF = {**THEMES, **{f"{name}_place": THEMES[name] for name in RANKED}}


def figures(members: Sequence[Member], day: float) -> "Floats":
    """The figures of members who are present on the day, of (members, `NAMES`)."""
    import numpy as np

    rows = [_figures(member, day) for member in members]
    table = np.array(rows, dtype=float).reshape(len(rows), len(THEMES))
    return np.hstack([table, _places(members, table)])


def _places(members: Sequence[Member], table: "Floats") -> "Floats":
    """The share of one's run below one's figure, those equal counting half."""
    import numpy as np

    of_run: dict[str, list[int]] = defaultdict(list)
    for at, member in enumerate(members):
        of_run[member.run.key].append(at)
    places = np.full((len(members), len(RANKED)), np.nan)
    for inside in of_run.values():
        for number, name in enumerate(RANKED):
            column = table[inside, list(THEMES).index(name)]
            known = ~np.isnan(column)
            values = np.sort(column[known])
            below = np.searchsorted(values, column[known], "left")
            upto = np.searchsorted(values, column[known], "right")
            places[np.array(inside)[known], number] = (below + upto) / 2 / max(len(values), 1)
    return places


def _figures(member: Member, day: float) -> list[float]:
    tasks = sorted(member.run.tasks, key=lambda task: (task.due, task.key))
    handed = {key: one for key, one in member.handed.items() if one.day < day}
    due = [task for task in tasks if task.due < day]
    weigh = _weighing(tasks)
    joined = member.joined if member.joined is not None else NAN
    begun = min([joined, 0.0]) if member.joined is not None else 0.0
    last_act = max((one.day for one in handed.values()), default=begun)
    found = {
        "joined": joined,
        "carried": float(sum(one.carried for one in handed.values())),
        "silent": day - last_act,
        "since_due": day - due[-1].due if due else NAN,
        "due": float(len(due)),
        "weight_due": sum(map(weigh, due)),
        "weight_left": sum(weigh(task) for task in tasks if task.due >= day),
        "progress": day / member.run.days if member.run.days > 0 else NAN,
        **_work(due, handed, weigh),
        **_scores([task for task in tasks if task.key in handed], due, handed, weigh),
        **_timing(tasks, handed, day),
    }
    return [found[name] for name in THEMES]


def _weighing(tasks: Sequence[Task]) -> Callable[[Task], float]:
    """How much a task counts, of 100 in all; where no task has a weight, all count the same."""
    total = sum(max(task.weight, 0.0) for task in tasks)
    if total <= 0:
        each = 100 / len(tasks) if tasks else 0.0
        return lambda _task: each
    return lambda task: max(task.weight, 0.0) * 100 / total


def _work(
    due: Sequence[Task], handed: dict[str, Handed], weigh: Callable[[Task], float]
) -> dict[str, float]:
    done = [task.key in handed for task in due]
    weight = sum(map(weigh, due))
    got = sum(weigh(task) for task in due if task.key in handed)
    in_row = next((at for at, one in enumerate(reversed(done)) if one), len(done))
    return {
        "share": sum(done) / len(done) if done else NAN,
        "weight_share": got / weight if weight else NAN,
        "weight_missed": weight - got,
        "missed": float(len(done) - sum(done)),
        "missed_in_row": float(in_row),
        "last_due_handed": float(done[-1]) if done else NAN,
    }


def _scores(
    done: Sequence[Task],
    due: Sequence[Task],
    handed: dict[str, Handed],
    weigh: Callable[[Task], float],
) -> dict[str, float]:
    scored = [(task, score) for task in done if (score := handed[task.key].score) is not None]
    marks = [score for _task, score in scored]
    weight = sum(weigh(task) for task, _score in scored)
    whole = sum(map(weigh, due))
    keys = {task.key for task in due}
    earned = sum(weigh(task) * score for task, score in scored if task.key in keys)
    return {
        "mean": _mean(marks),
        "weighted_mean": sum(weigh(t) * s for t, s in scored) / weight if weight else NAN,
        "lowest": min(marks, default=NAN),
        "first": marks[0] if marks else NAN,
        "last": marks[-1] if marks else NAN,
        "trend": _mean(marks[-2:]) - _mean(marks[:-2]) if len(marks) > 2 else NAN,
        "earned": earned / whole if whole else NAN,
    }


def _timing(tasks: Sequence[Task], handed: dict[str, Handed], day: float) -> dict[str, float]:
    late = [
        handed[task.key].day - task.due
        for task in tasks
        if task.due < day and task.key in handed and not handed[task.key].carried
    ]
    return {
        "late_mean": _mean(late),
        "late_last": late[-1] if late else NAN,
        "late_most": max(late, default=NAN),
        "late_share": _mean([float(days > 0) for days in late]),
        "ahead": float(sum(task.due >= day and task.key in handed for task in tasks)),
    }


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else NAN
