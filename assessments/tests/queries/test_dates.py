from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from assessments.queries.dates import Dates, deadline_of, effective_dates

NINE = datetime(2026, 3, 1, 9, tzinfo=UTC)
HOUR = 3600

limits = st.integers(60, 24 * HOUR)
factors = st.decimals(1, 5, places=2)
moments = st.integers(-2 * HOUR, 30 * HOUR).map(lambda s: NINE + timedelta(seconds=s))
borders = st.builds(
    Dates,
    opens_at=st.none() | moments,
    closes_at=st.none() | moments,
    limit_seconds=st.none() | limits,
)


def test_factor_and_a_half_on_an_hour_that_closes_in_an_hour_gives_ninety_minutes() -> None:
    everybody = Dates(closes_at=NINE + timedelta(hours=1), limit_seconds=HOUR)
    mine = effective_dates(everybody, time_factor=Decimal("1.5"))
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


@given(borders, factors, moments)
def test_a_factor_never_takes_time_away(
    everybody: Dates, factor: Decimal, started: datetime
) -> None:
    mine = effective_dates(everybody, time_factor=factor)
    usual, more = deadline_of(started, everybody).at, deadline_of(started, mine).at
    assert mine.opens_at == everybody.opens_at
    assert (usual is None) == (more is None)
    assert usual is None or (more is not None and more >= usual)


@given(borders, factors, moments)
def test_whoever_starts_in_time_for_everybody_gets_the_whole_factor(
    everybody: Dates, factor: Decimal, started: datetime
) -> None:
    usual = deadline_of(started, everybody)
    more = deadline_of(started, effective_dates(everybody, time_factor=factor))
    if usual.clipped or everybody.limit_seconds is None:
        return
    assert more.at is not None
    asked = everybody.limit_seconds * factor
    assert 0 <= (more.at - started).total_seconds() - float(asked) < 1
    assert not more.clipped


@given(borders)
def test_factor_one_changes_nothing(everybody: Dates) -> None:
    assert effective_dates(everybody, time_factor=Decimal(1)) == everybody
