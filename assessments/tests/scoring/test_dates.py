from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.scoring.dates import (
    Change,
    Dates,
    Relief,
    deadline_of,
    effective_dates,
    together,
)

NINE = datetime(2026, 3, 1, 9, tzinfo=UTC)
HOUR = 3600
DAY = timedelta(days=1)

limits = st.integers(60, 24 * HOUR)
factors = st.decimals(1, 5, places=2)
moments = st.integers(-2 * HOUR, 30 * HOUR).map(lambda s: NINE + timedelta(seconds=s))
fields = {
    "opens_at": st.none() | moments,
    "due_at": st.none() | moments,
    "closes_at": st.none() | moments,
    "limit_seconds": st.none() | limits,
    "attempts_allowed": st.none() | st.integers(1, 9),
}
borders = st.builds(Dates, **fields)
changes = st.builds(Change, **fields)
reliefs = st.builds(
    Relief,
    time_factor=factors,
    extra_days=st.integers(0, 60),
    early_minutes=st.integers(0, 10_080),
)


def test_factor_and_a_half_on_an_hour_that_closes_in_an_hour_gives_ninety_minutes() -> None:
    everybody = Dates(closes_at=NINE + timedelta(hours=1), limit_seconds=HOUR)
    mine = effective_dates(everybody, relief=Relief(time_factor=Decimal("1.5")))
    due = deadline_of(NINE, mine)
    assert (due.at, due.clipped) == (NINE + timedelta(minutes=90), False)
    assert deadline_of(NINE, everybody).at == NINE + timedelta(hours=1)


def test_deadline_counts_from_the_start_and_is_absent_without_borders() -> None:  # D4
    assert deadline_of(NINE, Dates(limit_seconds=90)).at == NINE + timedelta(seconds=90)
    assert deadline_of(NINE, Dates()).at is None


def test_closing_date_cuts_a_late_start_short_and_says_so() -> None:
    dates = Dates(closes_at=NINE + timedelta(hours=1), limit_seconds=HOUR)
    due = deadline_of(NINE + timedelta(minutes=20), dates)
    assert (due.at, due.clipped) == (NINE + timedelta(hours=1), True)


@given(borders, st.lists(changes, max_size=3), st.none() | changes, reliefs, moments)
def test_an_accommodation_never_takes_time_away(
    everybody: Dates,
    groups: list[Change],
    person: Change | None,
    relief: Relief,
    started: datetime,
) -> None:
    without = effective_dates(everybody, groups=groups, person=person)
    mine = effective_dates(everybody, groups=groups, person=person, relief=relief)
    usual, more = deadline_of(started, without).at, deadline_of(started, mine).at
    assert (usual is None) == (more is None)
    assert usual is None or (more is not None and more >= usual)
    assert not later(mine.opens_at, without.opens_at)
    assert not later(without.due_at, mine.due_at)
    assert not later(without.closes_at, mine.closes_at)
    assert mine.attempts_allowed == without.attempts_allowed


def later(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and other is not None and one > other


@given(borders, factors, factors, moments)
def test_a_higher_factor_never_gives_less(
    everybody: Dates, one: Decimal, other: Decimal, started: datetime
) -> None:
    less, more = (
        deadline_of(started, effective_dates(everybody, relief=Relief(time_factor=factor))).at
        for factor in sorted((one, other))
    )
    assert not later(less, more)


@given(borders, st.lists(changes, max_size=3), changes)
def test_what_is_set_for_the_person_stands(
    everybody: Dates, groups: list[Change], person: Change
) -> None:
    mine = effective_dates(everybody, groups=groups, person=person)
    for name in fields:
        own = getattr(person, name)
        assert own is None or getattr(mine, name) == own


@given(borders, st.lists(changes, min_size=1, max_size=4), st.randoms())
def test_of_several_groups_the_most_generous_counts(
    everybody: Dates, groups: list[Change], random: Random
) -> None:
    mine = effective_dates(everybody, groups=groups)
    for name in fields:
        given_ones = [getattr(one, name) for one in groups if getattr(one, name) is not None]
        best = (min if name == "opens_at" else max)(given_ones, default=getattr(everybody, name))
        assert getattr(mine, name) == best
    random.shuffle(groups)
    assert effective_dates(everybody, groups=groups) == mine


def test_extra_days_and_minutes_move_the_borders_alone() -> None:
    everybody = Dates(opens_at=NINE, due_at=NINE + DAY, closes_at=NINE + 2 * DAY)
    mine = effective_dates(everybody, relief=Relief(extra_days=3, early_minutes=30))
    assert mine == Dates(
        opens_at=NINE - timedelta(minutes=30), due_at=NINE + 4 * DAY, closes_at=NINE + 5 * DAY
    )


def test_a_window_shorter_than_the_limit_is_narrow() -> None:
    hour = timedelta(hours=1)
    assert Dates(opens_at=NINE, closes_at=NINE + hour, limit_seconds=HOUR + 1).is_narrow
    assert not Dates(opens_at=NINE, closes_at=NINE + hour, limit_seconds=HOUR).is_narrow
    assert not Dates(closes_at=NINE + hour, limit_seconds=HOUR + 1).is_narrow


def test_a_stopped_clock_moves_the_end() -> None:
    dates = Dates(closes_at=NINE + timedelta(hours=1), limit_seconds=HOUR)
    assert deadline_of(NINE, dates, 90).at == NINE + timedelta(hours=1, seconds=90)


@given(borders, factors, moments)
def test_whoever_starts_in_time_for_everybody_gets_the_whole_factor(
    everybody: Dates, factor: Decimal, started: datetime
) -> None:
    usual = deadline_of(started, everybody)
    more = deadline_of(started, effective_dates(everybody, relief=Relief(time_factor=factor)))
    if usual.clipped or everybody.limit_seconds is None:
        return
    assert more.at is not None
    asked = everybody.limit_seconds * factor
    assert 0 <= (more.at - started).total_seconds() - float(asked) < 1
    assert not more.clipped


@given(borders)
def test_factor_one_changes_nothing(everybody: Dates) -> None:
    assert effective_dates(everybody, relief=Relief(time_factor=Decimal(1))) == everybody


@given(st.lists(borders, min_size=1, max_size=4))
def test_who_hands_in_together_has_the_most_generous_border_of_each(several: list[Dates]) -> None:
    found = together(several)
    for name, widest in (("opens_at", min), ("due_at", max), ("closes_at", max)):
        each = [getattr(one, name) for one in several]
        assert getattr(found, name) == (None if None in each else widest(each))
    assert together([found, *several]) == found
    assert together(list(reversed(several))) == found


def test_nobody_has_no_dates_together() -> None:
    with pytest.raises(ValueError, match="nobody"):
        together([])
