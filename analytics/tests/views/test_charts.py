"""Charts: how figures read, and that an axis says what it counts."""

from datetime import date

from analytics.queries.learner import LearnerWeek
from analytics.queries.overview import Week
from analytics.views.charts import learner_weekly, rounded
from analytics.views.charts_course import talk


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
