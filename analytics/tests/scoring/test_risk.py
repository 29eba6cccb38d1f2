"""The risk model on invented courses: figures, guards, explanations, keeping."""

import json
import time
from dataclasses import replace

import numpy as np
import pytest

from analytics.scoring.measures import auc, calibration_error, measures
from analytics.scoring.risk.evaluate import risk_report, rows_of, rule_of_thumb
from analytics.scoring.risk.figures import NAMES, Theme, figures
from analytics.scoring.risk.forest import Forest
from analytics.scoring.risk.learning import Learnt, Rows, boosting, learn
from analytics.scoring.risk.model import RiskModel
from analytics.scoring.risk.reasons import tell, words
from analytics.scoring.risk.records import Handed, Member, Run, Task
from lms.kernel.errors import Invalid

TASKS = tuple(Task(f"t{at}", due=14.0 * at + 10, weight=20) for at in range(5))


def course(key: str, learners: int, seed: int) -> list[Member]:
    """Learners whose hidden diligence decides what they hand in, their marks and their end."""
    rng = np.random.default_rng(seed)
    run = Run(key, 90, TASKS)
    members = []
    for who in range(learners):
        zeal = float(rng.normal())
        handed = {
            task.key: Handed(
                day=task.due + float(rng.normal(-1 - zeal, 2)),
                score=float(np.clip(60 + 15 * zeal + rng.normal(0, 10), 0, 100)),
            )
            for task in TASKS
            if rng.random() < 1 / (1 + np.exp(-1.5 - 2 * zeal))
        }
        failed = bool(rng.random() < 1 / (1 + np.exp(1 + 2 * zeal)))
        members.append(
            Member(f"{key}-{who}", run, -float(rng.integers(1, 60)), None, handed, failed)
        )
    return members


def many(learners: int, runs: int = 4) -> list[Member]:
    return [one for at in range(runs) for one in course(f"C{at}/2030", learners // runs, at)]


@pytest.fixture(scope="module")
def boosted() -> Learnt:
    return learn(rows_of(many(1_200), [50.0]))


@pytest.fixture(scope="module")
def straight() -> Learnt:
    return learn(rows_of(many(200), [50.0]))


def named(member: Member, day: float) -> dict[str, float]:
    return dict(zip(NAMES, figures([member], day)[0], strict=True))


def test_figures_of_a_learner_by_hand() -> None:
    handed = {"t0": Handed(12.0, 80.0), "t1": Handed(20.0, 40.0), "t4": Handed(49.0, None)}
    found = named(Member("ann", Run("C/1", 90, TASKS), -3.0, None, handed), 50.0)
    # Due on 10, 24, 38 before day 50; t4 is due on 66.
    assert (found["due"], found["missed"], found["missed_in_row"]) == (3, 1, 1)
    assert found["share"] == pytest.approx(2 / 3)
    assert found["mean"] == 60
    assert found["earned"] == pytest.approx((80 + 40) * 20 / 60)
    assert (found["late_mean"], found["late_last"], found["late_share"]) == (-1, -4, 0.5)
    assert (found["silent"], found["ahead"], found["since_due"]) == (1, 1, 12)
    assert (found["weight_due"], found["weight_left"]) == (60, 40)


def test_nothing_of_the_day_or_after_it_enters() -> None:
    member = course("C/1", 1, 3)[0]
    later = {key: one for key, one in member.handed.items() if one.day < 30}
    cut = replace(member, handed=later, left=None, failed=None)
    extra = replace(member, handed={**later, "t4": Handed(30.0, 3.0)}, left=31.0, failed=True)
    assert np.array_equal(figures([cut], 30.0), figures([extra], 30.0), equal_nan=True)


def test_tasks_of_no_weight_count_alike() -> None:
    run = Run("C/1", 90, tuple(replace(task, weight=0.0) for task in TASKS))
    found = named(Member("ann", run, -3.0, None, {"t0": Handed(9.0, 70.0)}), 30.0)
    assert (found["weight_due"], found["weight_share"]) == (40, 0.5)
    assert found["weighted_mean"] == 70


@pytest.mark.parametrize("labelled", [0, 1, 5, 29])
def test_few_labelled_learners_are_refused_in_words(labelled: int) -> None:
    found = learn(rows_of(many(40)[:labelled], [50.0]))
    assert found.model is None
    who = "1 learner with a known outcome is" if labelled == 1 else f"{labelled} learners"
    assert found.reason is not None
    assert found.reason.startswith(who)
    assert found.reason.endswith("too few; 30 are needed.")


def test_thirty_labelled_learners_get_a_logistic_model() -> None:
    found = learn(rows_of(course("C/1", 30, 1), [50.0]))
    assert found.reason is None
    assert found.model is not None
    assert found.model.kind == "logistic"
    assert found.notes == ["Too few runs to hold one out; learners were held out instead."]


def test_open_outcomes_are_no_labels() -> None:
    open_ones = [replace(one, failed=None) for one in many(40)]
    assert learn(rows_of(open_ones, [50.0])).labelled == 0


def test_one_class_is_refused_in_words() -> None:
    passed = [replace(one, failed=False) for one in many(600)]
    found = learn(rows_of(passed, [50.0]))
    assert found.reason == "All of these learners ended alike, so nothing can be told apart."
    few = [replace(one, failed=at < 3) for at, one in enumerate(passed)]
    assert "Only 3 learners ended otherwise" in (learn(rows_of(few, [50.0])).reason or "")


@pytest.mark.parametrize("learners", [200, 1_200])
def test_all_missing_column_is_left_out(learners: int) -> None:
    rows = rows_of(many(learners), [50.0])
    rows.table[:, NAMES.index("mean")] = np.nan
    found = learn(rows)
    assert found.notes == ["mean is missing for everybody and left out."]
    assert found.model is not None
    assert found.held_out is not None
    assert (found.held_out["auc"] or 0) > 0.75


def test_column_missing_in_every_run_but_one_does_not_crash() -> None:
    rows = rows_of(many(1_200), [50.0])
    elsewhere = [run != "C0/2030" for run in rows.runs]
    rows.table[elsewhere, NAMES.index("mean")] = np.nan
    assert learn(rows).model is not None


def test_zero_weights_are_said_in_words() -> None:
    rows = rows_of(many(100), [50.0])
    found = learn(replace(rows, weights=np.zeros(len(rows))))
    assert found.model is None
    assert found.notes == ["All weights are zero, so no row counts."]


def test_duplicated_rows_count_once(straight: Learnt) -> None:
    members = many(200)
    rows = rows_of([*members, *members[:50]], [50.0])
    found = learn(rows)
    assert found.notes == ["50 rows came twice and count once."]
    assert found.labelled == straight.labelled


@pytest.mark.parametrize("missing", [False, True])
def test_leaking_figure_is_left_out_and_named(missing: bool) -> None:
    rows = rows_of(many(200), [50.0])
    leak = np.where(rows.failed > 0, np.nan, 1.0) if missing else rows.failed
    rows.table[:, NAMES.index("trend")] = leak
    found = learn(rows)
    assert found.notes == ["trend tells the outcome almost surely, as if known only after it."]
    assert found.held_out is not None
    assert (found.held_out["auc"] or 1) < 0.97


def test_late_joiners_are_not_told_before_they_came(boosted: Learnt) -> None:
    assert boosted.model is not None
    member = course("C/1", 1, 3)[0]
    told = tell(
        boosted.model,
        [replace(member, joined=55.0), replace(member, joined=46.0), replace(member, joined=None)],
        50.0,
    )
    assert [one.note for one in told] == [
        "Not enough data yet: had not joined by this day.",
        "Not enough data yet: joined less than a week ago.",
        "Not enough data yet: had not joined by this day.",
    ]
    assert {one.chance for one in told} == {None}
    report = risk_report(many(200), [replace(member, joined=55.0)], [50.0])
    assert (report["days"]["50"]["n"], report["days"]["50"]["not_joined"]) == (0, 1)


def test_before_anything_was_due_nothing_is_said(boosted: Learnt) -> None:
    assert boosted.model is not None
    member = Member("ann", Run("C/1", 90, TASKS), -10.0)
    [told] = tell(boosted.model, [member], 9.0)
    assert told.note == "Not enough data yet: nothing was due and nothing is marked."


@pytest.mark.parametrize("which", ["boosted", "straight"])
def test_contributions_add_up_to_the_log_odds(which: str, request: pytest.FixtureRequest) -> None:
    learnt: Learnt = request.getfixturevalue(which)
    assert learnt.model is not None
    members = course("D/1", 1_000, 77)
    began = time.perf_counter()
    told = tell(learnt.model, members, 50.0)
    assert time.perf_counter() - began <= 3.0
    odds = learnt.model.log_odds(figures(members, 50.0))
    for one, total in zip(told, odds, strict=True):
        parts = one.base + sum(reason.log_odds for reason in one.reasons) + one.rest
        assert parts == pytest.approx(float(total), abs=1e-6)
        assert len(one.reasons) == 3
        assert all(reason.text for reason in one.reasons)


def test_forest_is_that_of_the_library_and_explains_by_shapley_values() -> None:
    rng = np.random.default_rng(3)
    table = rng.normal(size=(800, 4))
    table[rng.random(table.shape) < 0.1] = np.nan
    failed = (np.nan_to_num(table[:, 0]) + np.nan_to_num(table[:, 1]) ** 2 > 0.6).astype(float)
    model = boosting(1).fit(table, failed)
    forest = Forest.of_sklearn(model, [0, 1, 2, 3], 4)
    expected = model.decision_function(table)
    assert forest.log_odds(table) == pytest.approx(expected, abs=1e-9)
    sums = forest.base + forest.contributions(table).sum(axis=1)
    assert sums == pytest.approx(expected, abs=1e-9)


def test_contributions_of_a_small_tree_by_hand() -> None:
    # x0 <= 0 (40 of 100 rows): 1; else x1 <= 0 (30 of 60): 2, else 4.
    tree = (
        (0, 0.0, False, 1, 2, 0.0, 100.0),
        (-1, 0.0, False, 0, 0, 1.0, 40.0),
        (1, 0.0, False, 3, 4, 0.0, 60.0),
        (-1, 0.0, False, 0, 0, 2.0, 30.0),
        (-1, 0.0, False, 0, 0, 4.0, 30.0),
    )
    forest = Forest(0.5, (tree,), 2)
    # Mean of all: .4 * 1 + .6 * 3 = 2.2. For x = (1, 1) the worth is 4, of x0 alone 3, of x1
    # alone .4 * 1 + .6 * 4 = 2.8: x0 gets (.8 + 1.2) / 2, x1 gets (.6 + 1) / 2.
    assert forest.base == pytest.approx(2.7)
    assert forest.contributions(np.array([[1.0, 1.0]]))[0] == pytest.approx([1.0, 0.8])


@pytest.mark.parametrize("which", ["boosted", "straight"])
def test_kept_model_says_the_same(which: str, request: pytest.FixtureRequest) -> None:
    learnt: Learnt = request.getfixturevalue(which)
    assert learnt.model is not None
    table = figures(course("D/1", 200, 5), 50.0)
    again = RiskModel.of_json(learnt.model.as_json())
    assert again.chances(table) == pytest.approx(learnt.model.chances(table), abs=1e-12)
    other = {**json.loads(learnt.model.as_json()), "figures": ["else"]}
    with pytest.raises(Invalid, match="reads other figures"):
        RiskModel.of_json(json.dumps(other))


def test_learning_is_the_same_on_every_run(boosted: Learnt) -> None:
    assert boosted.model is not None
    again = learn(rows_of(many(1_200), [50.0])).model
    assert again is not None
    assert again.as_json() == boosted.model.as_json()


def test_silence_is_told_beside_that_of_the_others() -> None:
    found = {"silent": 39.0, "silent_place": 0.24}
    said = "Handed in nothing for 39 days, longer than 24% of the course."
    assert words(Theme.SILENCE, found) == said
    alone = "Handed in nothing for 1 day."
    assert words(Theme.SILENCE, {"silent": 1.0, "silent_place": float("nan")}) == alone
    assert words(Theme.SILENCE, {"silent": 1.0}) == alone


def test_work_carried_over_is_not_called_missing_work() -> None:
    run = Run("A/1", 100.0, (Task("one", 10.0, 50.0), Task("two", 20.0, 50.0)))
    carried = {"one": Handed(-1.0, 70.0, carried=True), "two": Handed(-1.0, 60.0, carried=True)}
    found = named(Member("m", run, joined=-5.0, handed=carried), 40.0)
    assert words(Theme.WORK, found) == "Handed in 2 of 2 tasks that were due."
    assert words(Theme.TIMING, found).startswith("What was due is carried over from earlier")
    assert words(Theme.SILENCE, found).startswith("Handed in nothing new for 41 days")
    found = named(Member("m", run, joined=-5.0), 40.0)
    assert words(Theme.TIMING, found).startswith("Handed in nothing that was due")
    assert words(Theme.SILENCE, found).startswith("Handed in nothing for 45 days")


def test_report_of_a_later_run_is_better_than_the_rule(boosted: Learnt) -> None:
    found = risk_report(many(1_200), course("E/2031", 800, 99), [50.0])["days"]["50"]
    assert found["model"] == "boosting"
    assert found["auc"] > found["rule_of_thumb_auc"] + 0.05
    assert found["ece"] < 0.06
    assert found["explained"]["largest_gap"] < 1e-6
    assert list(found["by_module"]) == ["E"]


def test_learners_whose_outcome_is_open_are_counted_but_not_measured() -> None:
    known, still = course("E/1", 30, 5), [replace(one, failed=None) for one in course("E/2", 9, 6)]
    found = risk_report(many(200), [*known, *still], [50.0])["days"]["50"]
    assert (found["n"], found["open_outcomes"]) == (30, 9)
    none = risk_report(many(200), still, [50.0])["days"]["50"]
    assert (none["n"], none.get("auc")) == (0, None)


def test_first_days_of_a_course_are_looked_at_once_each() -> None:
    found = risk_report(many(200), course("E/1", 30, 5), [1.0])["days"]["1"]
    assert not any("twice" in note for note in found["notes"])
    assert found["explained"]["abstained"] == 30


def test_rule_of_thumb_flags_missing_work_and_low_means() -> None:
    run = Run("C/1", 90, TASKS)
    rows = [
        Member("a", run, -1.0, None, {"t0": Handed(9.0, 90.0)}),
        Member("b", run, -1.0, None, {"t0": Handed(9.0, 49.0)}),
        Member("c", run, -1.0, None, {}),
    ]
    assert rule_of_thumb(figures(rows, 20.0)).tolist() == [0, 1, 1]


def test_measures_by_hand() -> None:
    happened = np.array([0.0, 0.0, 1.0, 1.0])
    chance = np.array([0.1, 0.4, 0.4, 1.0])
    # Pairs: (.4 > .1), (.4 = .4), (1 > .1), (1 > .4): 3.5 of 4.
    assert auc(happened, chance) == 0.875
    # Bins of .1, of .4 twice, and the last: (.1 + .2 + 0) / 4.
    assert calibration_error(happened, chance) == pytest.approx((0.1 + 0.2) / 4)
    found = measures(happened, chance)
    assert found["brier"] == pytest.approx((0.01 + 0.16 + 0.36) / 4)
    assert (found["precision_top"], found["recall_top"]) == (1.0, 0.5)
    assert measures(np.ones(3), np.ones(3))["auc"] is None
    assert measures(np.empty(0), np.empty(0))["brier"] is None


def test_rows_without_names_of_figures_learn_nothing() -> None:
    rows = Rows(
        table=np.ones((60, len(NAMES))),
        failed=np.tile([0.0, 1.0], 30),
        runs=["r"] * 60,
        learners=[str(at) for at in range(60)],
        days=[1.0] * 60,
    )
    assert learn(rows).reason == (
        "No figure varies between these learners, so nothing can be learnt."
    )
