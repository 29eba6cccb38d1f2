"""When a report is due next: a weekday and an hour in somebody's zone, weekly or monthly."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEK = 7


def next_time(
    after: datetime, zone: ZoneInfo, *, weekday: int, hour: int, monthly: bool
) -> datetime:
    """The first moment after another: that weekday (Monday is 0), monthly the first of a month.

    The hour is on the clock of the zone, also across its change of time. In UTC.
    """
    day = after.astimezone(zone).date()
    for _ in range(2 * 31 + WEEK):
        if day.weekday() == weekday and (not monthly or day.day <= WEEK):
            found = datetime.combine(day, time(hour), tzinfo=zone).astimezone(UTC)
            if found > after:
                return found
        day += timedelta(days=1)
    raise AssertionError("every month has each weekday in its first week")
