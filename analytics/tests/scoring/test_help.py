"""Who needs help: the table, the words, and when the rule says nothing."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.scoring.help import (
    TABLE,
    Assessment,
    Factor,
    HelpState,
    LearnerSignals,
    assess,
    median,
    points_for,
)

WELL = LearnerSignals(
    days_enrolled=40,
    days_inactive=1,
    completion=0.5,
    class_median=0.5,
    class_size=20,
    mean_score=0.8,
    graded_quizzes=4,
    open_attempts=0,
)


def test_assess_finds_nothing_wrong_with_who_keeps_up() -> None:
    assert assess(WELL) == Assessment(HelpState.FINE, 0)


def test_assess_gives_reasons_with_their_figures() -> None:
    found = assess(
        WELL._replace(days_inactive=15, completion=0.1, mean_score=0.35, open_attempts=3)
    )
    assert (found.state, found.points) == (HelpState.NEEDS_HELP, 7)
    assert [(r.factor, r.points, r.text) for r in found.reasons] == [
        (Factor.INACTIVE, 2, "No activity for 15 days."),
        (
            Factor.BEHIND,
            2,
            "Completed 10% while half the class has completed 50% or more.",
        ),
        (Factor.LOW_SCORES, 2, "Mean score 35% over 4 graded quizzes."),
        (Factor.UNFINISHED, 1, "3 quiz attempts begun and not handed in."),
    ]


@pytest.mark.parametrize(
    ("factor", "figure", "points"),
    [
        (Factor.INACTIVE, 6, 0),
        (Factor.INACTIVE, 7, 1),
        (Factor.INACTIVE, 13, 1),
        (Factor.INACTIVE, 14, 2),
        (Factor.INACTIVE, 28, 3),
        (Factor.INACTIVE, 400, 3),
        (Factor.BEHIND, -0.5, 0),
        (Factor.BEHIND, 0.149, 0),
        (Factor.BEHIND, 0.5 - 0.35, 1),
        (Factor.BEHIND, 0.7 - 0.4, 2),
        (Factor.LOW_SCORES, 0.39, 0),
        (Factor.LOW_SCORES, 1 - 0.6, 1),
        (Factor.LOW_SCORES, 1 - 0.4, 2),
        (Factor.UNFINISHED, 2, 0),
        (Factor.UNFINISHED, 3, 1),
        (Factor.UNFINISHED, 6, 2),
    ],
)
def test_points_follow_the_table(factor: Factor, figure: float, points: int) -> None:
    assert points_for(factor, figure) == points


def test_assess_flags_a_month_of_silence_alone() -> None:
    assert assess(WELL._replace(days_inactive=28)).state is HelpState.NEEDS_HELP


def test_assess_watches_at_two_points() -> None:
    assert assess(WELL._replace(days_inactive=14)).state is HelpState.WATCH
    assert assess(WELL._replace(days_inactive=7)).state is HelpState.FINE


def test_assess_abstains_in_the_first_week() -> None:
    found = assess(WELL._replace(days_enrolled=6, days_inactive=6, completion=0.0))
    assert found.state is HelpState.UNKNOWN
    assert found.note == "Not enough data yet: enrolled for less than 7 days."
    assert (found.points, found.reasons) == (0, ())


def test_assess_abstains_where_only_one_figure_is_known() -> None:
    found = assess(WELL._replace(days_inactive=60, class_size=4, mean_score=None, graded_quizzes=0))
    assert found.state is HelpState.UNKNOWN
    assert found.note == "Not enough data yet: fewer than 2 of the figures are known."


def test_assess_leaves_out_the_median_of_a_small_class() -> None:
    behind = WELL._replace(completion=0.0, class_median=0.9)
    assert assess(behind._replace(class_size=5)).points == 2
    assert assess(behind._replace(class_size=4)).points == 0


def test_assess_leaves_out_a_single_score() -> None:
    assert assess(WELL._replace(mean_score=0.0, graded_quizzes=1)).points == 0
    assert assess(WELL._replace(mean_score=0.0, graded_quizzes=2)).points == 2


def test_assess_says_one_day_in_the_singular_only_where_it_counts() -> None:
    assert "7 days" in assess(WELL._replace(days_inactive=7)).reasons[0].text


def test_assess_leaves_who_completed_the_course_in_peace() -> None:
    found = assess(WELL._replace(completion=1.0, days_inactive=300, mean_score=0.1))
    assert (found.state, found.points, found.note) == (HelpState.FINE, 0, "Completed the course.")


@pytest.mark.parametrize(
    ("values", "middle"), [([], None), ([3.0], 3.0), ([4.0, 1.0], 2.5), ([9.0, 1.0, 5.0], 5.0)]
)
def test_median_is_the_middle(values: list[float], middle: float | None) -> None:
    assert median(values) == middle


SIGNALS = st.builds(
    LearnerSignals,
    days_enrolled=st.integers(7, 400),
    days_inactive=st.one_of(st.none(), st.integers(0, 400)),
    completion=st.floats(0, 0.999),
    class_median=st.one_of(st.none(), st.floats(0, 1)),
    class_size=st.integers(0, 100),
    mean_score=st.one_of(st.none(), st.floats(0, 1)),
    graded_quizzes=st.integers(0, 20),
    open_attempts=st.integers(0, 20),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(signals=SIGNALS, more=st.integers(0, 100))
def test_assess_never_falls_with_longer_silence(signals: LearnerSignals, more: int) -> None:
    if signals.days_inactive is None:
        return
    before = assess(signals)
    after = assess(signals._replace(days_inactive=signals.days_inactive + more))
    assert after.points >= before.points


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(signals=SIGNALS)
def test_assess_adds_up_and_loses_points_without_its_top_reason(signals: LearnerSignals) -> None:
    found = assess(signals)
    assert found.points == sum(reason.points for reason in found.reasons)
    assert found.points <= sum(steps[-1].points for steps in TABLE.values())
    assert all(reason.text for reason in found.reasons)
    if not found.reasons:
        return
    mended: dict[Factor, dict[str, Any]] = {
        Factor.INACTIVE: {"days_inactive": 0},
        Factor.BEHIND: {"class_median": signals.completion},
        Factor.LOW_SCORES: {"mean_score": 1.0},
        Factor.UNFINISHED: {"open_attempts": 0},
    }
    assert assess(signals._replace(**mended[found.reasons[0].factor])).points < found.points
