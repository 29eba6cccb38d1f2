"""Correlations against SciPy, the published SAT-ACT figures and by hand."""

import os
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from analytics.scoring.outside import read_matrix
from analytics.scoring.relations import relations

SHARED = Path(os.environ.get("CAIRN_SHARED", "../shared"))


def test_published_sat_act_correlations() -> None:
    path = SHARED / "data" / "psychometrics" / "sat_act.csv"
    if not path.exists():
        print(f"skipped: {path} is not there (CAIRN_SHARED names the folder of shared data)")
        pytest.skip(f"{path} is not there")
    names, rows, _left = read_matrix(path)
    found = {tuple(one["columns"]): one for one in relations(names, rows)}
    for pair, n, r in (
        (("ACT", "SATV"), 700, 0.5611),
        (("ACT", "SATQ"), 687, 0.5871),
        (("SATV", "SATQ"), 687, 0.6443),
    ):
        assert found[pair]["n"] == n
        assert found[pair]["pearson"]["r"] == pytest.approx(r, abs=1e-4)


def test_pairs_are_those_of_scipy_with_pairwise_deletion() -> None:
    rng = np.random.default_rng(1)
    xs = rng.normal(size=60).round(1)
    ys = (xs + rng.normal(size=60)).round(1)
    rows: list[list[float | None]] = [[float(x), float(y)] for x, y in zip(xs, ys, strict=True)]
    rows += [[None, 1.0], [1.0, None]]
    [one] = relations(["x", "y"], rows)
    pearson, spearman = stats.pearsonr(xs, ys), stats.spearmanr(xs, ys)
    interval = pearson.confidence_interval(0.95)
    assert one["n"] == 60
    assert one["pearson"]["r"] == pytest.approx(float(pearson.statistic), abs=1e-12)
    assert one["pearson"]["p"] == pytest.approx(float(pearson.pvalue), rel=1e-6)
    assert one["pearson"]["low"] == pytest.approx(float(interval.low), abs=1e-9)
    assert one["pearson"]["high"] == pytest.approx(float(interval.high), abs=1e-9)
    assert one["spearman"]["r"] == pytest.approx(float(spearman.statistic), abs=1e-12)
    assert one["spearman"]["p"] == pytest.approx(float(spearman.pvalue), rel=1e-6)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([[1.0, 2.0], [2.0, 1.0], [None, 3.0]], "at least 3 rows with both figures; there are 2"),
        ([[1.0, 2.0], [2.0, 2.0], [3.0, 2.0]], "A figure is the same in all rows"),
    ],
)
def test_undefined_is_said_in_words(rows: list[list[float | None]], words: str) -> None:
    [one] = relations(["x", "y"], rows)
    assert one["pearson"] is None
    assert words in one["reason"]


def test_line_has_no_interval() -> None:
    [one] = relations(["x", "y"], [[float(x), 2.0 * x] for x in range(9)])
    assert one["pearson"]["r"] == pytest.approx(1.0)
    assert one["pearson"]["p"] == pytest.approx(0.0, abs=1e-12)
