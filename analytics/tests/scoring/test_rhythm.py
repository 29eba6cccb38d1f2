from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.scoring.rhythm import next_time


@pytest.mark.parametrize(
    ("after", "zone", "weekday", "hour", "monthly", "found"),
    [
        # Monday at eight in Lisbon, which is UTC in winter and an hour ahead in summer.
        ("2026-03-25T12:00", "Europe/Lisbon", 0, 8, False, "2026-03-30T07:00"),
        ("2026-03-23T07:59", "Europe/Lisbon", 0, 8, False, "2026-03-23T08:00"),
        ("2026-03-23T08:00", "Europe/Lisbon", 0, 8, False, "2026-03-30T07:00"),
        # It is Monday in Auckland while it is Sunday in UTC.
        ("2026-06-06T00:00", "Pacific/Auckland", 0, 8, False, "2026-06-07T20:00"),
        ("2026-06-01T09:00", "UTC", 0, 8, True, "2026-07-06T08:00"),
        ("2026-06-08T09:00", "UTC", 4, 23, True, "2026-07-03T23:00"),
    ],
)
def test_next_time_is_on_the_clock_of_the_zone(
    after: str, zone: str, weekday: int, hour: int, monthly: bool, found: str
) -> None:
    moment = datetime.fromisoformat(after).replace(tzinfo=UTC)
    told = next_time(moment, ZoneInfo(zone), weekday=weekday, hour=hour, monthly=monthly)
    assert told == datetime.fromisoformat(found).replace(tzinfo=UTC)


@given(
    st.integers(1_577_836_800, 2_051_222_400),
    st.sampled_from(["UTC", "America/St_Johns", "Pacific/Apia", "Europe/Lisbon"]),
    st.integers(0, 6),
    st.integers(0, 23),
    st.booleans(),
)
def test_next_time_always_comes_soon(
    second: int, zone: str, weekday: int, hour: int, monthly: bool
) -> None:
    after = datetime.fromtimestamp(second, UTC)
    found = next_time(after, ZoneInfo(zone), weekday=weekday, hour=hour, monthly=monthly)
    assert 0 < (found - after).total_seconds() <= (43 if monthly else 8) * 86_400
