"""Risk on open data of real courses, and the model that is shipped.

Open University Learning Analytics data (Kuzilek, Hlosta, Zdrahal 2017, Scientific Data 4:170171,
CC BY 4.0).
"""

import os
from pathlib import Path

import pytest

from analytics.scoring.measures import auc
from analytics.scoring.risk.default import DAYS, shipped_card, shipped_model
from analytics.scoring.risk.evaluate import risk_report, rows_of, rule_of_thumb
from analytics.scoring.risk.figures import figures
from analytics.scoring.risk.oulad import presentation_of, read_oulad
from analytics.scoring.risk.reasons import tell
from analytics.scoring.risk.records import Handed, Member, Run, Task

SHARED = Path(os.environ.get("CAIRN_SHARED", "../shared"))


@pytest.fixture(scope="module")
def everybody() -> list[Member]:
    folder = SHARED / "data" / "oulad"
    if not (folder / "student.csv.gz").exists():
        print(f"skipped: {folder} is not there (CAIRN_SHARED names the folder of shared data)")
        pytest.skip(f"{folder} is not there")
    return read_oulad(folder)


@pytest.mark.parametrize(("day", "people", "area"), [(56, 6209, 0.6868), (112, 5835, 0.7604)])
def test_rule_of_thumb_on_2014b(
    everybody: list[Member], day: float, people: int, area: float
) -> None:
    present = [one for one in everybody if presentation_of(one) == "2014B" and one.present(day)]
    rows = rows_of(present, [day])
    assert len(rows) == people
    assert auc(rows.failed, rule_of_thumb(rows.table)) == pytest.approx(area, abs=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("day", "area", "precision"), [(56, 0.80, 0.88), (112, 0.86, 0.86), (180, 0.925, 0.95)]
)
def test_later_presentation_is_told_as_well_as_published(
    everybody: list[Member], day: float, area: float, precision: float
) -> None:
    train = [one for one in everybody if presentation_of(one) in {"2013B", "2013J"}]
    test = [one for one in everybody if presentation_of(one) == "2014B"]
    found = risk_report(train, test, [day])["days"][str(day)]
    assert found["auc"] >= area
    assert found["ece"] <= 0.045
    assert found["precision_top"] >= precision
    assert found["auc"] >= found["rule_of_thumb_auc"] + 0.10
    assert found["explained"]["largest_gap"] <= 1e-6
    assert found["explained"]["seconds"] <= 3


def test_shipped_model_is_that_of_its_card() -> None:
    card = shipped_card()
    assert card["days"] == list(DAYS)
    assert card["kind"] == shipped_model().kind == "boosting"
    assert card["held_out_runs"]["auc"] > 0.85
    assert card["held_out_runs"]["ece"] < 0.03


def test_shipped_model_tells_diligent_from_silent_in_week_five() -> None:
    tasks = tuple(Task(f"t{at}", due=12.0 * at + 10, weight=20) for at in range(5))
    run = Run("new/1", 75, tasks)
    good = {task.key: Handed(task.due - 2, 85.0) for task in tasks[:3]}
    members = [
        Member("diligent", run, -20.0, None, good),
        Member("poor", run, -20.0, None, {"t0": Handed(12.0, 35.0), "t1": Handed(25.0, 30.0)}),
        Member("silent", run, -20.0),
    ]
    told = tell(shipped_model(), members, 36.0)
    chances = [one.chance or 0.0 for one in told]
    assert chances == sorted(chances)
    assert chances[0] < 0.3
    assert chances[2] > 0.7
    assert any(one.text == "Handed in 0 of 3 tasks that were due." for one in told[2].reasons)
    odds = shipped_model().log_odds(figures(members, 36.0))
    assert [one.log_odds for one in told] == pytest.approx(list(odds), abs=1e-6)
