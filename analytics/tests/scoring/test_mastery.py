"""Knowledge tracing and the history model on simulated learners."""

import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.scoring.mastery.answers import Answer, in_order, read_answers
from analytics.scoring.mastery.evaluate import mastery_report
from analytics.scoring.mastery.history import HistoryModel
from analytics.scoring.mastery.tracing import (
    BOUNDS,
    DEFAULT,
    Skill,
    expected,
    fit_skill,
    traced,
    updated,
)
from lms.kernel.errors import Invalid

TRUTHS = [
    Skill(prior=0.3, learn=0.15, guess=0.2, slip=0.1),
    Skill(prior=0.5, learn=0.1, guess=0.25, slip=0.05),
    Skill(prior=0.2, learn=0.3, guess=0.1, slip=0.15),
    Skill(prior=0.3, learn=0.2, guess=0.2, slip=0.1, forget=0.1),
]


def simulated(skill: Skill, learners: int, length: int, seed: int) -> list[list[bool]]:
    rng = np.random.default_rng(seed)
    knows = rng.random(learners) < skill.prior
    right = np.zeros((learners, length), dtype=bool)
    for at in range(length):
        hit, luck = rng.random(learners) >= skill.slip, rng.random(learners) < skill.guess
        right[:, at] = np.where(knows, hit, luck)
        keeps, learns = (
            rng.random(learners) >= skill.forget,
            rng.random(learners) < skill.learn,
        )
        knows = np.where(knows, keeps, learns)
    return [[bool(one) for one in row] for row in right]


def answered(skills: dict[str, Skill], learners: int, length: int, seed: int) -> list[Answer]:
    found = []
    for number, (name, skill) in enumerate(sorted(skills.items())):
        rows = simulated(skill, learners, length, seed + number)
        found += [
            Answer(f"{seed}-{who}", name, f"{name}{at}", right, at * len(skills) + number)
            for who, row in enumerate(rows)
            for at, right in enumerate(row)
        ]
    return in_order(found)


@pytest.mark.parametrize("truth", TRUTHS)
def test_tracing_recovers_simulated_parameters(truth: Skill) -> None:
    found = fit_skill(simulated(truth, 2_000, 10, 1), forgetting=truth.forget > 0).skill
    for name, value in truth.as_dict().items():
        assert found.as_dict()[name] == pytest.approx(value, abs=0.03), name


def test_tracing_of_ragged_answers_recovers_too() -> None:
    truth = TRUTHS[0]
    rows = [row[: 3 + at % 13] for at, row in enumerate(simulated(truth, 4_000, 15, 4))]
    found = fit_skill(rows).skill
    for name, value in truth.as_dict().items():
        assert found.as_dict()[name] == pytest.approx(value, abs=0.03), name


def test_likelihood_is_that_of_the_path_of_updates() -> None:
    rows = simulated(TRUTHS[3], 300, 6, 8)
    fitted = fit_skill(rows, forgetting=True)
    total = 0.0
    for row in rows:
        for mastery, right in zip(traced(fitted.skill, row)[:-1], row, strict=True):
            chance = expected(fitted.skill, mastery)
            total += float(np.log(chance if right else 1 - chance))
    assert fitted.loglik == pytest.approx(total, abs=0.01)


@given(
    prior=st.floats(*BOUNDS["prior"]),
    learn=st.floats(*BOUNDS["learn"]),
    guess=st.floats(*BOUNDS["guess"]),
    slip=st.floats(*BOUNDS["slip"]),
    answers=st.lists(st.booleans(), max_size=60),
)
def test_mastery_never_falls_after_a_right_answer_without_forgetting(
    prior: float, learn: float, guess: float, slip: float, answers: list[bool]
) -> None:
    skill = Skill(prior=prior, learn=learn, guess=guess, slip=slip)
    path = traced(skill, answers)
    for before, after, right in zip(path, path[1:], answers, strict=False):
        assert 0 <= after <= 1
        assert after >= before or not right


def test_one_update_is_bayes_then_learning() -> None:
    # 0.4 * 0.9 / (0.4 * 0.9 + 0.6 * 0.2) = 0.75, then 0.75 + 0.25 * 0.15.
    assert updated(DEFAULT, 0.4, correct=True) == pytest.approx(0.7875)
    # 0.4 * 0.1 / (0.4 * 0.1 + 0.6 * 0.8) = 1 / 13.
    assert updated(DEFAULT, 0.4, correct=False) == pytest.approx(1 / 13 + 12 / 13 * 0.15)


def test_thousand_updates_take_less_than_a_second() -> None:
    began = time.perf_counter()
    mastery = 0.3
    for at in range(1_000):
        mastery = updated(DEFAULT, mastery, correct=at % 3 > 0)
    assert time.perf_counter() - began < 1.0


def test_skill_with_few_answers_keeps_the_default() -> None:
    found = fit_skill([[True, False]] * 14)
    assert (found.skill, found.answers, found.loglik) == (DEFAULT, 28, None)
    assert fit_skill([]).skill == DEFAULT


@pytest.mark.parametrize("right", [True, False])
def test_one_outcome_only_stays_within_bounds(right: bool) -> None:
    found = fit_skill([[right] * 10] * 50).skill.as_dict()
    for name, (low, high) in BOUNDS.items():
        assert low <= found[name] <= high


def test_report_of_simulated_answers_is_near_the_best_possible() -> None:
    skills = {"a": TRUTHS[0], "b": TRUTHS[2]}
    train, test = answered(skills, 800, 10, 1), answered(skills, 400, 10, 50)
    traced_report = mastery_report(train, test, model="bkt")
    history = mastery_report(train, test, model="history")
    assert traced_report["auc"] == pytest.approx(history["auc"], abs=0.02)
    assert traced_report["auc"] > 0.72
    assert max(traced_report["ece"], history["ece"]) < 0.03
    assert traced_report["n"] == 8_000
    assert traced_report["skills"]["a"]["fitted"] is True
    assert history["kind"] == "boosting"


def test_prediction_never_sees_its_own_answer() -> None:
    train = answered({"a": TRUTHS[0]}, 300, 10, 1)
    test = answered({"a": TRUTHS[0]}, 40, 10, 9)
    turned = [
        Answer(one.learner, one.skill, one.item, not one.correct, one.position)
        if one.position == 9
        else one
        for one in test
    ]
    model, again = HistoryModel.fit(train), HistoryModel.fit(train)
    last = [at for at, one in enumerate(test) if one.position == 9]
    assert model.predict(test)[last] == pytest.approx(again.predict(turned)[last], abs=1e-12)


@pytest.mark.parametrize("model", ["bkt", "history"])
def test_few_answers_and_one_outcome_do_not_crash(model: str) -> None:
    one = [Answer("ann", "a", "a1", True, 1)]
    unknown = [Answer("bob", "z", "z1", False, 1), Answer("bob", "z", "z2", True, 2)]
    report = mastery_report(one, unknown, model=model)
    assert report["n"] == 2
    assert 0 <= report["brier"] <= 1
    assert mastery_report(one * 3, one, model=model)["auc"] is None
    with pytest.raises(Invalid, match="no answers"):
        mastery_report([], unknown, model=model)


def test_small_history_is_logistic() -> None:
    train = answered({"a": TRUTHS[0]}, 30, 10, 3)
    assert HistoryModel.fit(train).kind == "logistic"


def test_reading_names_the_row_that_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    head = "learner,skill,item,correct,position\n"
    path.write_text(f"{head}ann,a,a1,1,2\nann,a,a2,0,1\n", encoding="utf-8")
    assert [one.item for one in read_answers(path)] == ["a2", "a1"]
    path.write_text(f"{head}ann,a,a1,2,1\n", encoding="utf-8")
    with pytest.raises(Invalid, match="Row 1: correct is 0 or 1, not 2"):
        read_answers(path)
    path.write_text(f"{head}ann,a,a1\n", encoding="utf-8")
    with pytest.raises(Invalid, match="Row 1: correct is 0 or 1"):
        read_answers(path)
    for position in ("nan", "inf", "", "soon"):
        path.write_text(f"{head}ann,a,a1,1,{position}\n", encoding="utf-8")
        with pytest.raises(Invalid, match="Row 1: position must be a number"):
            read_answers(path)
    path.write_text("learner,skill\nann,a\n", encoding="utf-8")
    with pytest.raises(Invalid, match="no column “item”"):
        read_answers(path)
