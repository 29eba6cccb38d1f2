"""Wall clocks of people: digests and quiet hours, also on the days on which clocks change."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import assume, given
from hypothesis import strategies as st

from realtime.scoring.hours import Quiet, next_at, quiet_until

BERLIN = ZoneInfo("Europe/Berlin")
EVERY_DAY = 0b111_1111
ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Pacific/Apia", "Asia/Tokyo"]
).map(ZoneInfo)
MOMENTS = st.datetimes(datetime(2011, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the strategy adds the zone


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def test_next_hour_is_later_today_or_tomorrow() -> None:
    assert next_at(utc(2026, 3, 2, 5, 0), BERLIN, 7) == utc(2026, 3, 2, 6, 0)
    assert next_at(utc(2026, 3, 2, 6, 0), BERLIN, 7) == utc(2026, 3, 3, 6, 0)
    assert next_at(utc(2026, 3, 2, 6, 0), BERLIN, 7, 0) == utc(2026, 3, 9, 6, 0)
    # On 29 March the hour from 2:00 is skipped, the next day it is back in summer time.
    assert next_at(utc(2026, 3, 28, 12, 0), BERLIN, 2) == utc(2026, 3, 29, 1, 0)
    assert next_at(utc(2026, 3, 29, 2, 0), BERLIN, 2) == utc(2026, 3, 30, 0, 0)


@given(MOMENTS, ZONES, st.integers(0, 23), st.none() | st.integers(0, 6))
def test_next_hour_is_soon_and_on_its_day(
    now: datetime, zone: ZoneInfo, hour: int, weekday: int | None
) -> None:
    found = next_at(now, zone, hour, weekday)
    days = 1 if weekday is None else 7
    # Apia skipped a whole day once, and clocks move an hour.
    assert timedelta(0) < found - now <= timedelta(days=days + 1, hours=1)
    local = found.astimezone(zone)
    assert local.hour in {hour, (hour + 1) % 24} or zone.key == "Pacific/Apia"
    assert next_at(found - timedelta(seconds=1), zone, hour, weekday) == found


def test_quiet_over_midnight_ends_in_the_morning() -> None:
    night = Quiet(time(22), time(7), EVERY_DAY)
    assert quiet_until(utc(2026, 3, 2, 22, 30), BERLIN, night) == utc(2026, 3, 3, 6, 0)
    assert quiet_until(utc(2026, 3, 2, 3, 0), BERLIN, night) == utc(2026, 3, 2, 6, 0)
    assert quiet_until(utc(2026, 3, 2, 6, 0), BERLIN, night) is None
    assert quiet_until(utc(2026, 3, 2, 20, 59), BERLIN, night) is None
    assert quiet_until(utc(2026, 3, 2, 21, 0), BERLIN, night) == utc(2026, 3, 3, 6, 0)
    assert quiet_until(utc(2026, 3, 2, 21, 0), BERLIN, None) is None


def test_days_are_those_on_which_quiet_begins() -> None:
    friday = Quiet(time(22), time(7), 1 << 4)
    assert quiet_until(utc(2026, 3, 6, 23, 0), BERLIN, friday) == utc(2026, 3, 7, 6, 0)
    assert quiet_until(utc(2026, 3, 7, 23, 0), BERLIN, friday) is None
    assert quiet_until(utc(2026, 3, 6, 3, 0), BERLIN, friday) is None


@given(MOMENTS, ZONES, st.times(), st.times(), st.integers(0, 127))
def test_quiet_ends_outside_of_itself(
    now: datetime, zone: ZoneInfo, start: time, end: time, days: int
) -> None:
    start, end = start.replace(second=0, microsecond=0), end.replace(second=0, microsecond=0)
    assume(start != end)
    quiet = Quiet(start, end, days)
    found = quiet_until(now, zone, quiet)
    if found is not None:
        assert found > now
        assert quiet_until(found, zone, quiet) is None
    if days == 0:
        assert found is None
