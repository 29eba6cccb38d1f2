"""Charts: how figures read, and that an axis says what it counts."""

from dataclasses import replace
from datetime import date

import pytest

from analytics.queries.learner import LearnerWeek
from analytics.queries.overview import LessonStep, Week
from analytics.queries.patterns import Patterns, Point
from analytics.views.charts import funnel, learner_weekly, rounded, scatter
from analytics.views.charts_course import talk
from lms.kernel import clock


def test_figures_are_rounded_and_not_cut_off() -> None:
    assert [rounded(value) for value in (0.299, 0.996, -0.126, 2.0, -0.001)] == [
        "0.30",
        "1.00",
        "-0.13",
        "2.00",
        "0.00",
    ]
    assert rounded(59.6, 0) == "60"


def test_an_axis_says_what_it_counts() -> None:
    monday = date(2026, 3, 2)
    minutes = learner_weekly([LearnerWeek(monday, 1, 600, 1, 1)])
    messages = talk([Week(monday, 3, 600, 1, 1, 4)])
    assert messages is not None
    assert minutes.option["yAxis"]["name"] == "Minutes spent"
    assert messages.option["yAxis"]["name"] == "Messages"


@pytest.mark.parametrize(
    ("learners", "step", "most"),
    [
        (1, 1, 1),
        (7, 2, 8),
        (42, 10, 50),
        (50, 10, 50),
        (51, 20, 60),
        (100, 20, 100),
        (120, 50, 150),
        (999, 200, 1000),
        (12_345, 5000, 15_000),
    ],
)
def test_the_funnel_counts_a_whole_class_in_even_steps(learners: int, step: int, most: int) -> None:
    axis = funnel([LessonStep("1", "Rivers", 1, 1, 1)], learners).option["xAxis"]
    assert (axis["interval"], axis["max"]) == (step, most)
    assert most >= learners
    assert most % step == 0


def test_a_funnel_of_nobody_leaves_its_axis_to_itself() -> None:
    for nobody in (None, 0):
        axis = funnel([LessonStep("1", "Rivers", None, None, None)], nobody).option["xAxis"]
        assert axis == {"type": "value", "minInterval": 1}


def test_scatter_draws_a_part_of_a_crowd_and_lists_all_of_it() -> None:
    points = [
        Point(f"id{n}", f"Learner {n}", n % 2, float(n), 0.5, float(n % 100), None, None, None)
        for n in range(2500)
    ]
    clusters = [{"label": 0, "name": "Even"}, {"label": 1, "name": "Odd"}]
    found = Patterns("run", 2, False, clusters, [], None, None, 2500, "", clock.now(), points)
    chart = scatter(found)
    drawn = [one for series in chart.option["series"] for one in series["data"]]
    assert len(drawn) == 834
    assert {series["name"] for series in chart.option["series"]} == {"Even", "Odd"}
    assert len(chart.rows) == 2500
    assert chart.note == "834 of 2500 learners are drawn; the table lists all."
    few = scatter(replace(found, points=points[:1000]))
    assert sum(len(series["data"]) for series in few.option["series"]) == 1000
    assert few.note == ""
