from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.enums import LateUnit
from assessments.scoring.lateness import (
    LatePolicy,
    deducted,
    in_words,
    missing_score,
    units_begun,
)

DAILY = LatePolicy(LateUnit.DAY, Decimal(10), Decimal(50))
POINTS = Decimal(100)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("late", "units"),
    [
        (timedelta(0), 0),
        (timedelta(seconds=-1), 0),
        (timedelta(microseconds=1), 1),
        (DAY, 1),
        (DAY + timedelta(microseconds=1), 2),
        (DAY * 3, 3),
    ],
)
def test_a_day_that_has_begun_counts(late: timedelta, units: int) -> None:
    assert units_begun(late, LateUnit.DAY) == units
    assert units_begun(late, LateUnit.NONE) == 0


def test_hours_are_counted_in_hours() -> None:
    assert units_begun(timedelta(hours=2, minutes=1), LateUnit.HOUR) == 3


@pytest.mark.parametrize(
    ("mark", "late", "taken", "score"),
    [
        ("85", DAY * 0, "0", "85"),
        ("85", DAY, "10", "75"),
        ("85", timedelta(days=2, seconds=1), "30", "55"),
        ("85", DAY * 30, "50", "35"),  # the cap
        ("7.5", DAY * 2, "7.5", "0"),  # never below zero
    ],
)
def test_a_share_of_the_points_is_taken_off(
    mark: str, late: timedelta, taken: str, score: str
) -> None:
    found = deducted(Decimal(mark), POINTS, late, DAILY)
    assert (found.taken, found.score) == (Decimal(taken), Decimal(score))


def test_the_arithmetic_is_told_in_words() -> None:
    two_days = deducted(Decimal("85.5"), Decimal(90), timedelta(days=1, hours=3), DAILY)
    assert in_words(two_days, LateUnit.DAY) == (
        "2 days late: 2 \u00d7 10 % = 20 % of 90 points = 18; 85.5 - 18 = 67.5."
    )
    capped = deducted(Decimal(80), POINTS, timedelta(days=9), DAILY)
    assert in_words(capped, LateUnit.DAY) == (
        "9 days late: 9 \u00d7 10 %, at most 50 % of 100 points = 50; 80 - 50 = 30."
    )
    hourly = LatePolicy(LateUnit.HOUR, Decimal("0.5"))
    one_hour = deducted(Decimal(1), POINTS, timedelta(minutes=5), hourly)
    assert in_words(one_hour, LateUnit.HOUR) == (
        "1 hour late: 1 \u00d7 0.5 % = 0.5 % of 100 points = 0.5; 1 - 0.5 = 0.5."
    )
    assert in_words(deducted(Decimal(80), POINTS, DAY * 0, DAILY), LateUnit.DAY) == ""


def test_missing_work_is_worth_its_share() -> None:
    assert missing_score(Decimal(30), Decimal("12.5")) == Decimal("3.75")


amounts = st.decimals(0, 100, places=4)


@given(amounts, st.decimals("0.0001", 500, places=4), st.timedeltas(), amounts, amounts)
def test_a_score_stays_between_zero_and_the_mark(
    share: Decimal, points: Decimal, late: timedelta, percent: Decimal, cap: Decimal
) -> None:
    mark = (share / 100 * points).quantize(Decimal("0.0001"))
    policy = LatePolicy(LateUnit.HOUR, percent, cap)
    found = deducted(mark, points, late, policy)
    assert 0 <= found.score <= mark
    assert found.score + found.taken == mark
    assert found.percent <= cap
    if late <= timedelta(0):
        assert found.taken == 0
    later = deducted(mark, points, late + timedelta(hours=1), policy) if late < DAY else found
    assert later.score <= found.score
