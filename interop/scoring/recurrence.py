"""What comes again every week, at the same hour of its zone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from interop.enums import MOST_WEEKS

WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class Meeting:
    """One time of something that may come again; `number` 0 is the first."""

    number: int
    start: datetime
    end: datetime


def meetings(
    start: datetime,
    end: datetime,
    zone: ZoneInfo,
    until: date | None,
    since: datetime | None = None,
) -> Iterator[Meeting]:
    """Every time, in order: at the same hour of the zone also when clocks are set.

    The length of the first stays, in time that passes. `until` is the last day on which one may
    begin. Weeks that ended long before `since` are left out without being made.
    """
    length = end - start
    local = start.astimezone(zone).replace(tzinfo=None)
    # A week more, for clocks that were set meanwhile.
    past = 0 if since is None else max(0, (since - end) // WEEK - 1)
    for number in range(past, MOST_WEEKS + 1):
        begins = local + number * WEEK
        if number and (until is None or begins.date() > until):
            return
        moment = begins.replace(tzinfo=zone).astimezone(UTC) if number else start
        yield Meeting(number, moment, moment + length)
