"""Groups of a course's learners from six figures."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from scipy import stats

from analytics.scoring.course_patterns import FIGURES, Habits, course_patterns


def planted(each: int = 20) -> tuple[list[Habits], list[int]]:
    """Three kinds of learners: two alike in time and completion, apart in regularity and talk."""
    rng = np.random.default_rng(3)
    centres = (
        (300.0, 0.9, 0.9, 1.0, 30.0, 80.0),
        (310.0, 0.9, 0.2, 1.0, 1.0, 80.0),
        (40.0, 0.1, 0.1, 40.0, 1.0, 30.0),
    )
    rows, truth = [], []
    for label, centre in enumerate(centres):
        for _ in range(each):
            moved = [value * float(rng.normal(1, 0.05)) for value in centre]
            moved[1] = min(moved[1], 1.0)
            rows.append(Habits(*moved))
            truth.append(label)
    return rows, truth


def same(one: list[int], other: list[int]) -> bool:
    """Whether two groupings are one, whatever the labels."""
    return len(set(zip(one, other, strict=True))) == len(set(one)) == len(set(other))


def test_number_of_groups_is_chosen_and_all_figures_count() -> None:
    rows, truth = planted()
    found = course_patterns(rows, None)
    assert found["k"] == 3
    assert same(found["labels"], truth)
    assert {2, 3, 8} <= set(found["judged"])
    regular, apart, last = found["clusters"]
    assert [one["size"] for one in found["clusters"]] == [20, 20, 20]
    assert last["name"] == "Barely started"
    # Time and completion do not tell the first two apart, so that their names say what does.
    assert {regular["name"], apart["name"]} == {
        "Thorough finishers, active in room and forum",
        "Thorough finishers, quiet in room and forum",
    }
    assert set(last["centre"]) == set(FIGURES)
    assert last["centre"]["recency"] == pytest.approx(40, rel=0.05)


def test_order_of_rows_and_unit_decide_nothing() -> None:
    rows, _truth = planted()
    found = course_patterns(rows, None)
    order = list(range(len(rows)))
    Random(1).shuffle(order)
    mixed = course_patterns([rows[at] for at in order], None)
    assert mixed["clusters"] == found["clusters"]
    assert mixed["labels"] == [found["labels"][at] for at in order]
    larger = course_patterns(
        [
            replace(one, time_spent=one.time_spent * 1000, messages=one.messages * 1000)
            for one in rows
        ],
        None,
    )
    assert larger["labels"] == found["labels"]


def test_who_has_no_grade_yet_is_grouped_by_the_rest() -> None:
    rows, truth = planted()
    rows = [replace(one, performance=None) if at % 2 else one for at, one in enumerate(rows)]
    found = course_patterns(rows, 3)
    assert same(found["labels"], truth)
    assert found["n"] == 30
    nobody = course_patterns([replace(one, performance=None) for one in rows], 3)
    assert same(nobody["labels"], truth)
    assert nobody["clusters"][0]["centre"]["performance"] is None
    assert (nobody["correlation"], nobody["n"]) == (None, 0)


def test_relations_are_pairwise_with_both_coefficients() -> None:
    rows, _truth = planted()
    rows[0] = replace(rows[0], performance=None)
    found = {tuple(one["columns"]): one for one in course_patterns(rows, 3)["relations"]}
    assert len(found) == 15
    pair = found["regularity", "performance"]
    known = [one for one in rows if one.performance is not None]
    xs, ys = [one.regularity for one in known], [one.performance for one in known]
    assert pair["n"] == 59
    assert pair["pearson"]["r"] == pytest.approx(stats.pearsonr(xs, ys).statistic)
    assert pair["spearman"]["p"] == pytest.approx(stats.spearmanr(xs, ys).pvalue)
    assert found["time_spent", "regularity"]["n"] == 60


def test_few_or_equal_learners_are_refused_in_words() -> None:
    rows, _truth = planted(1)
    assert course_patterns([], None)["reason"].startswith("There are no rows yet.")
    two = course_patterns(rows[:2], None)
    assert (two["k"], two["labels"]) == (None, [None, None])
    assert two["reason"].startswith("3 groups need at least 3 learners; there are 2.")
    alike = course_patterns(rows[:1] * 12, None)
    assert alike["reason"].startswith("No figure varies")
    assert course_patterns(rows, None)["k"] == 3
