"""Learning patterns: against scikit-learn and SciPy, against published figures, at the edges."""

import csv
import json
import math
import os
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score
from sklearn.preprocessing import StandardScaler

from analytics.scoring.patterns import (
    NAMES,
    PatternResult,
    completion_band,
    learning_patterns,
    time_band,
)
from analytics.scoring.rows import PatternRow

SHARED = Path(os.environ.get("CAIRN_SHARED", "../shared"))


def rows_of(*figures: tuple[float, float, float | None]) -> list[PatternRow]:
    return [PatternRow(f"s{i}", *figure) for i, figure in enumerate(figures)]


def planted(per_group: int = 40, seed: int = 5) -> tuple[list[PatternRow], list[int]]:
    """Three groups a teacher would know, with performance rising with completion."""
    draw = random.Random(seed)
    rows, truth = [], []
    for group, (time, rate) in enumerate([(300.0, 0.92), (120.0, 0.15), (600.0, 0.20)]):
        for i in range(per_group):
            spent = max(0.0, draw.gauss(time, 30))
            share = min(1.0, max(0.0, draw.gauss(rate, 0.05)))
            rows.append(PatternRow(f"g{group}-{i}", spent, share, draw.gauss(50 + 40 * share, 5)))
            truth.append(group)
    return rows, truth


@pytest.fixture(scope="module")
def three_groups() -> tuple[list[PatternRow], list[int], PatternResult]:
    rows, truth = planted()
    return rows, truth, learning_patterns(rows)


def numbers_in(result: PatternResult) -> list[float]:
    found = [c["centre"][key] for c in result["clusters"] for key in ("time_spent",)]
    found += [c["centre"]["completion_rate"] for c in result["clusters"]]
    return found + [x for x in (result["correlation"], result["p_value"]) if x is not None]


def test_patterns_find_planted_groups_and_name_them(
    three_groups: tuple[list[PatternRow], list[int], PatternResult],
) -> None:
    _rows, truth, result = three_groups
    assert adjusted_rand_score(truth, result["labels"]) == 1.0
    assert [(c["label"], c["name"], c["size"]) for c in result["clusters"]] == [
        (0, "Steady finishers", 40),
        (1, "Busy but stuck", 40),
        (2, "Barely started", 40),
    ]
    assert result["reason"] is None


def test_patterns_have_exactly_the_keys_of_the_contract(
    three_groups: tuple[list[PatternRow], list[int], PatternResult],
) -> None:
    result = three_groups[2]
    assert set(result) == {"clusters", "labels", "correlation", "p_value", "n", "reason"}
    assert set(result["clusters"][0]) == {"label", "name", "size", "centre"}
    assert set(result["clusters"][0]["centre"]) == {"time_spent", "completion_rate"}
    assert json.loads(json.dumps(result, allow_nan=False)) == result


def test_patterns_agree_with_scikit_learn(
    three_groups: tuple[list[PatternRow], list[int], PatternResult],
) -> None:
    rows, _truth, result = three_groups
    table = np.array([(row.time_spent, row.completion_rate) for row in rows])
    scaled = StandardScaler().fit_transform(table)
    reference = KMeans(n_clusters=3, n_init=25, random_state=1).fit(scaled)
    assert adjusted_rand_score(reference.labels_, result["labels"]) == 1.0
    for cluster in result["clusters"]:
        inside = table[[label == cluster["label"] for label in result["labels"]]]
        assert cluster["size"] == len(inside)
        assert cluster["centre"]["time_spent"] == pytest.approx(inside[:, 0].mean(), rel=1e-12)
        assert cluster["centre"]["completion_rate"] == pytest.approx(inside[:, 1].mean(), rel=1e-12)


def test_patterns_agree_with_scipy(
    three_groups: tuple[list[PatternRow], list[int], PatternResult],
) -> None:
    rows, _truth, result = three_groups
    expected = stats.pearsonr([r.time_spent for r in rows], [r.performance for r in rows])
    assert result["correlation"] == pytest.approx(expected.statistic, abs=1e-12)
    assert result["p_value"] == pytest.approx(expected.pvalue, rel=1e-9)
    assert result["n"] == 120


def test_patterns_compute_r_and_p_by_hand() -> None:
    rows = rows_of((1, 0.1, 2), (2, 0.5, 1), (3, 0.9, 4), (4, 0.2, 3), (5, 0.6, 5))
    result = learning_patterns(rows, 2)
    # Sxy 8, Sxx 10, Syy 10; t = 0.8 * sqrt(3 / 0.36) = 2.309 on 3 degrees of freedom.
    assert result["correlation"] == pytest.approx(0.8, abs=1e-12)
    assert result["p_value"] == pytest.approx(0.1040880387, abs=1e-9)


def test_patterns_standardise_so_that_minutes_do_not_decide_alone() -> None:
    draw = random.Random(11)
    rows = [
        PatternRow(f"{rate}-{i}", draw.uniform(0, 1000), rate + draw.uniform(-0.02, 0.02), None)
        for rate in (0.1, 0.9)
        for i in range(50)
    ]
    labels = learning_patterns(rows, 2)["labels"]
    assert labels == [1] * 50 + [0] * 50


def sat_act() -> list[dict[str, str]]:
    path = SHARED / "psychometrics" / "sat_act.csv"
    if not path.exists():
        path = SHARED / "data" / "psychometrics" / "sat_act.csv"
    if not path.exists():
        print(f"skipped: {path} is not there (CAIRN_SHARED names the folder of shared data)")
        pytest.skip(f"{path} is not there")
    with path.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize(
    ("left", "right", "expected", "n"),
    [
        ("ACT", "SATV", 0.5611, 700),
        ("ACT", "SATQ", 0.5871, 687),
        ("SATV", "SATQ", 0.6443, 687),
    ],
)
def test_patterns_reproduce_the_correlations_of_sat_act(
    left: str, right: str, expected: float, n: int
) -> None:
    def figure(text: str) -> float | None:
        return None if text in {"", "NA"} else float(text)

    rows = []
    for i, person in enumerate(sat_act()):
        time = figure(person[left])
        assert time is not None
        rate = int(person["education"]) / 5
        rows.append(PatternRow(str(i), time, rate, figure(person[right])))
    result = learning_patterns(rows)
    assert result["correlation"] == pytest.approx(expected, abs=1e-4)
    assert result["n"] == n
    assert result["p_value"] is not None
    assert result["p_value"] < 1e-50


def test_patterns_of_nobody_say_so() -> None:
    assert learning_patterns([]) == {
        "clusters": [],
        "labels": [],
        "correlation": None,
        "p_value": None,
        "n": 0,
        "reason": "There are no rows yet. "
        "A correlation needs at least 3 learners with a score; there are 0.",
    }


def test_patterns_of_fewer_rows_than_groups_form_none() -> None:
    result = learning_patterns(rows_of((1, 0.1, 1), (2, 0.4, 3), (3, 0.9, 2)), 4)
    assert result["clusters"] == []
    assert result["labels"] == [None, None, None]
    assert result["correlation"] == pytest.approx(0.5)
    assert result["reason"] == "4 groups need at least 4 learners; there are 3."


def test_patterns_of_too_few_different_points_form_none() -> None:
    result = learning_patterns(rows_of((1, 0.1, 1), (1, 0.1, 2), (2, 0.2, 3), (2, 0.2, 5)))
    assert result["labels"] == [None] * 4
    assert "only 2 different values, fewer than 3" in (result["reason"] or "")


def test_patterns_of_one_time_group_by_completion_alone() -> None:
    rows = rows_of(*[(60, rate, 10 * rate) for rate in (0.1, 0.11, 0.5, 0.52, 0.9, 0.91)])
    result = learning_patterns(rows)
    assert result["labels"] == [2, 2, 1, 1, 0, 0]
    assert [c["name"] for c in result["clusters"]] == [
        "Steady finishers",
        "Part of the way",
        "Slow to progress",
    ]
    assert (result["correlation"], result["p_value"], result["n"]) == (None, None, 6)
    assert result["reason"] == (
        "Everybody spent the same time, so completion alone tells the groups apart. "
        "Everybody with a score spent the same time, so no correlation is defined."
    )


def test_patterns_of_one_completion_group_by_time_alone() -> None:
    rows = rows_of(*[(time, 0.5, time) for time in (1, 2, 50, 51, 100, 101)])
    result = learning_patterns(rows)
    assert result["labels"] == [0, 0, 1, 1, 2, 2]
    assert [c["name"] for c in result["clusters"]] == [
        "Light but moving",
        "Part of the way",
        "Working hard, part of the way",
    ]
    assert result["correlation"] == pytest.approx(1.0)
    assert result["reason"] == (
        "Everybody completed the same share, so time alone tells the groups apart."
    )


def test_patterns_of_one_score_have_no_correlation() -> None:
    rows = rows_of(*[(i, i / 10, 70) for i in range(10)])
    result = learning_patterns(rows)
    assert len(result["clusters"]) == 3
    assert (result["correlation"], result["p_value"], result["n"]) == (None, None, 10)
    assert result["reason"] == "Everybody has the same score, so no correlation is defined."


def test_patterns_leave_out_of_the_correlation_who_has_no_score() -> None:
    scored = [(1, 0.1, 2.0), (2, 0.5, 1.0), (3, 0.9, 4.0), (4, 0.2, 3.0), (5, 0.6, 5.0)]
    rows = rows_of(*scored, (900, 1.0, None), (0, 0.0, None))
    result = learning_patterns(rows, 2)
    assert result["n"] == 5
    assert result["correlation"] == pytest.approx(0.8, abs=1e-12)
    assert None not in result["labels"]


@pytest.mark.parametrize("known", [0, 1, 2])
def test_patterns_of_fewer_than_three_scores_have_no_correlation(known: int) -> None:
    rows = rows_of(*[(i, i / 10, float(i) if i < known else None) for i in range(10)])
    result = learning_patterns(rows)
    assert (result["correlation"], result["p_value"], result["n"]) == (None, None, known)
    assert result["reason"] == (
        f"A correlation needs at least 3 learners with a score; there are {known}."
    )


def test_patterns_whose_figures_differ_by_nothing_form_no_groups() -> None:
    close = [(1 + i * 1e-13, 0.5, float(i)) for i in range(6)]
    result = learning_patterns(rows_of(*close))
    assert result["clusters"] == []
    assert "too alike to form groups" in (result["reason"] or "")


def test_patterns_bear_the_smallest_and_largest_doubles() -> None:
    rows = rows_of(*[(5e-324 * i, 1e-320 * (i % 5), 1e12 * i) for i in range(12)])
    result = learning_patterns(rows)
    assert all(math.isfinite(x) for x in numbers_in(result))
    assert result["correlation"] == pytest.approx(1.0)


def test_patterns_number_equal_names() -> None:
    rows = rows_of(*[(50, rate, None) for rate in (0.76, 0.80, 0.84, 0.88, 0.92, 0.96, 0.98, 1.0)])
    names = [cluster["name"] for cluster in learning_patterns(rows, 8)["clusters"]]
    assert names == ["Steady finishers"] + [f"Steady finishers {n}" for n in range(2, 9)]


@pytest.mark.parametrize(
    ("rate", "band"),
    [(1.0, "high"), (0.75, "high"), (0.7499, "middle"), (0.4, "middle"), (0.3999, "low")],
)
def test_completion_band_follows_the_stated_rule(rate: float, band: str) -> None:
    assert completion_band(rate) == band


@pytest.mark.parametrize(
    ("centre", "band"), [(4.9, "less"), (5.1, "usual"), (14.9, "usual"), (15.1, "more")]
)
def test_time_band_follows_the_stated_rule(centre: float, band: str) -> None:
    assert time_band([0, 20], centre) == band


def test_time_band_of_one_time_is_usual() -> None:
    assert time_band([7, 7, 7], 7) == "usual"


def test_names_are_nine_and_differ() -> None:
    assert len(NAMES) == len(set(NAMES.values())) == 9


FIGURES = st.tuples(
    st.one_of(st.floats(0, 1e12), st.sampled_from([0.0, 1.0, 60.0])),
    st.one_of(st.floats(0, 1), st.sampled_from([0.0, 0.5, 1.0])),
    st.one_of(st.none(), st.floats(-1e12, 1e12), st.sampled_from([0.0, 50.0])),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(figures=st.lists(FIGURES, max_size=30), k=st.integers(2, 8), seed=st.integers(0, 9))
def test_patterns_always_answer_and_never_depend_on_the_order(
    figures: Sequence[tuple[float, float, float | None]], k: int, seed: int
) -> None:
    rows = rows_of(*figures)
    result = learning_patterns(rows, k)
    json.dumps(result, allow_nan=False)
    assert len(result["labels"]) == len(rows)
    assert len(result["clusters"]) in {0, k}
    if result["clusters"]:
        assert [c["label"] for c in result["clusters"]] == list(range(k))
        assert [c["size"] for c in result["clusters"]] == [
            result["labels"].count(label) for label in range(k)
        ]
        assert len({c["name"] for c in result["clusters"]}) == k
        assert min(c["size"] for c in result["clusters"]) > 0
    else:
        assert result["labels"] == [None] * len(rows)
        assert result["reason"]
    if result["correlation"] is None:
        assert result["p_value"] is None
        assert result["reason"]
    else:
        assert -1 <= result["correlation"] <= 1
        assert 0 <= (result["p_value"] or 0) <= 1
    mixed = list(range(len(rows)))
    random.Random(seed).shuffle(mixed)
    again = learning_patterns([rows[i] for i in mixed], k)
    assert [again["labels"][mixed.index(i)] for i in range(len(rows))] == result["labels"]
    assert again | {"labels": None} == result | {"labels": None}
