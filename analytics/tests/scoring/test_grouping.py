"""Groups in tables of any figures: planted groups, units, order, words and refusals."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from analytics.scoring.grouping import group, group_report

COLUMNS = ["minutes", "completion", "days active"]


def planted(each: int, seed: int, groups: int = 3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    corners = np.array(
        [[600, 0.9, 40], [300, 0.5, 20], [60, 0.1, 4], [650, 0.1, 5], [50, 0.9, 6]], dtype=float
    )[:groups]
    truth = np.repeat(np.arange(groups), each)
    noise = rng.normal(size=(len(truth), 3)) * np.array([40, 0.05, 3])
    return corners[truth] + noise, truth


def test_planted_groups_are_found() -> None:
    table, truth = planted(10_000, 1)
    found = group(table, COLUMNS, 3)
    assert adjusted_rand_score(truth, found.labels) >= 0.98
    assert found.names == [
        "high minutes, high days active",
        "As most do",
        "low completion, low minutes",
    ]


@pytest.mark.parametrize("groups", [2, 3, 4, 5])
def test_number_of_groups_is_chosen(groups: int) -> None:
    table, truth = planted(400, 2, groups)
    found = group(table, COLUMNS, None)
    assert found.k == groups
    assert adjusted_rand_score(truth, found.labels) >= 0.98


def test_unit_of_a_figure_changes_nothing() -> None:
    table, _truth = planted(3_000, 3)
    scaled = table * np.array([1_000.0, 1.0, 1.0])
    one, other = group(table, COLUMNS, 3), group(scaled, COLUMNS, 3)
    assert (one.labels == other.labels).all()
    assert one.names == other.names


def test_labels_are_the_same_on_every_run_and_ordered() -> None:
    table, _truth = planted(500, 4)
    one, other = group(table, COLUMNS, 3), group(table, COLUMNS, 3)
    assert (one.labels == other.labels).all()
    assert list(one.centres[:, 0]) == sorted(one.centres[:, 0], reverse=True)
    turned = group(table[::-1].copy(), COLUMNS, 3)
    assert (turned.labels[::-1] == one.labels).all()


def test_missing_figures_get_no_group() -> None:
    table, _truth = planted(100, 5)
    table[7, 1] = np.nan
    found = group(table, COLUMNS, 3)
    assert found.labels[7] == -1
    assert (np.delete(found.labels, 7) >= 0).all()


def test_figure_that_does_not_vary_decides_nothing() -> None:
    table, truth = planted(200, 6)
    table[:, 0] = 5.0
    found = group(table, COLUMNS, 3)
    assert adjusted_rand_score(truth, found.labels) >= 0.98
    assert not any("minutes" in name for name in found.names)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "3 groups need at least 3 complete rows; there are 0."),
        ([[1.0, None, 1.0]] * 9, "3 groups need at least 3 complete rows; there are 0."),
        ([[1.0, 2.0, 3.0]] * 9, "No figure varies, so everybody is alike."),
        ([[1.0, 2.0, 3.0], [2.0, 2.0, 3.0]] * 9, "There are fewer different rows than groups."),
    ],
)
def test_no_groups_is_said_in_words(rows: list[list[float | None]], words: str) -> None:
    report = group_report(rows, COLUMNS, 3)
    assert report["reason"] == words
    assert report["groups"] == []
    assert report["labels"] == [None] * len(rows)


def test_small_group_is_hidden() -> None:
    table, _truth = planted(50, 7)
    rows = [[float(value) for value in row] for row in table[:104]]
    report = group_report(rows, COLUMNS, 3)
    assert [one["size"] for one in report["groups"]] == [50, 50, None]
    assert report["groups"][2]["centre"] is None


def test_chosen_groups_are_large_enough_to_be_shown() -> None:
    rng = np.random.default_rng(5)
    crowd = np.vstack([rng.normal(0, 1, (40, 2)), rng.normal(20, 1, (40, 2))])
    odd = np.array([[10.0, 40.0], [10.5, 40.0], [10.0, 40.5], [10.5, 40.5]])
    found = group(np.vstack([crowd, odd]), ["a", "b"], None)
    assert found.judged[3]["silhouette"] > found.judged[2]["silhouette"]
    assert found.judged[3]["smallest"] * 84 < 5
    assert found.k == 2
