"""How well the help rule tells later failing and leaving, on open data of real courses.

Open University Learning Analytics data (Kuzilek, Hlosta, Zdrahal 2017, Scientific Data 4:170171,
CC BY 4.0). There is no click log here, so that a submission stands for activity and a missed
assessment for an attempt not handed in: what is measured is the rule with poorer eyes.
"""

import csv
import gzip
import os
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import pytest
from sklearn.metrics import roc_auc_score

from analytics.scoring.help import HelpState, LearnerSignals, assess, median

SHARED = Path(os.environ.get("CAIRN_SHARED", "../shared"))
MISSING = {"", "NA"}
Run = tuple[str, str]


@dataclass(frozen=True)
class Student:
    """One student of one run on one day: what the rule sees, and how it ended."""

    run: Run
    days: int
    silent: int
    done: float
    mean: float | None
    scored: int
    missed: int
    failed: bool


def table(name: str) -> list[dict[str, str]]:
    for folder in (SHARED / "data" / "oulad", SHARED / "oulad"):
        path = folder / f"{name}.csv.gz"
        if path.exists():
            with gzip.open(path, "rt", encoding="utf-8") as lines:
                return list(csv.DictReader(lines))
    print(f"skipped: {name}.csv.gz is not there (CAIRN_SHARED names the folder of shared data)")
    pytest.skip(f"{SHARED}/data/oulad/{name}.csv.gz is not there")


def students(presentation: str, day: int) -> list[Student]:
    dates: dict[Run, dict[str, float]] = defaultdict(dict)
    run_of: dict[str, Run] = {}
    for row in table("assessment"):
        run_of[row["id_assessment"]] = (row["code_module"], row["code_presentation"])
        if row["date"] not in MISSING:
            dates[run_of[row["id_assessment"]]][row["id_assessment"]] = float(row["date"])
    handed: dict[tuple[Run, str], dict[str, tuple[float, str]]] = defaultdict(dict)
    for row in table("student_assessment"):
        when = float(row["date_submitted"])
        if when <= day:
            run = run_of[row["id_assessment"]]
            handed[run, row["id_student"]][row["id_assessment"]] = (when, row["score"])
    registered = {
        ((row["code_module"], row["code_presentation"]), row["id_student"]): row
        for row in table("student_registration")
    }
    found = []
    for row in table("student"):
        run = (row["code_module"], row["code_presentation"])
        entry = registered[run, row["id_student"]]
        joined, left = entry["date_registration"], entry["date_unregistration"]
        gone = left not in MISSING and float(left) <= day
        if run[1] != presentation or gone or joined in MISSING or float(joined) > day:
            continue
        begun = max(0.0, float(joined))
        mine = handed[run, row["id_student"]]
        marks = [float(score) / 100 for _, score in mine.values() if score not in MISSING]
        found.append(
            Student(
                run=run,
                days=int(day - begun),
                silent=int(day - max([begun, *(when for when, _ in mine.values())])),
                done=min(0.999, len(mine) / len(dates[run])),
                mean=sum(marks) / len(marks) if marks else None,
                scored=len(marks),
                missed=sum(due <= day and name not in mine for name, due in dates[run].items()),
                failed=row["final_result"] in {"Fail", "Withdrawn"},
            )
        )
    return found


@pytest.mark.parametrize(
    ("presentation", "day", "auc"),
    [("2013J", 56, 0.6875), ("2014B", 56, 0.6824), ("2013J", 112, 0.7442), ("2014B", 112, 0.7704)],
)
def test_help_rule_beats_chance_on_real_courses(presentation: str, day: int, auc: float) -> None:
    people = students(presentation, day)
    runs: dict[Run, list[float]] = defaultdict(list)
    for one in people:
        runs[one.run].append(one.done)
    answers = [
        assess(
            LearnerSignals(
                days_enrolled=one.days,
                days_inactive=one.silent,
                completion=one.done,
                class_median=median(runs[one.run]),
                class_size=len(runs[one.run]),
                mean_score=one.mean,
                graded_quizzes=one.scored,
                open_attempts=one.missed,
            )
        )
        for one in people
    ]
    failed = [one.failed for one in people]
    assert roc_auc_score(failed, [found.points for found in answers]) == pytest.approx(
        auc, abs=1e-4
    )
    named = [
        one.failed
        for one, found in zip(people, answers, strict=True)
        if found.state is HelpState.NEEDS_HELP
    ]
    base = sum(failed) / len(failed)
    assert sum(named) / len(named) > base + 0.05
