"""Hours of a person's zone: when their next digest comes, and when their quiet ends."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
WEEK = 7


@dataclass(frozen=True, slots=True)
class Quiet:
    """From when until when nothing may come; bit n of `days` is the weekday on which it begins."""

    start: time
    end: time
    days: int

    def begins_on(self, day: date) -> bool:
        """Whether a quiet time begins on a day."""
        return bool(self.days >> day.weekday() & 1)


def next_at(now: datetime, zone: ZoneInfo, hour: int, weekday: int | None = None) -> datetime:
    """The next full hour of that name after now, on a weekday if one is given (0 is Monday)."""
    day = now.astimezone(zone).date() - DAY
    while True:
        moment = _moment(day, time(hour), zone)
        if moment > now and weekday in {None, day.weekday()}:
            return moment
        day += DAY


def quiet_until(moment: datetime, zone: ZoneInfo, quiet: Quiet | None) -> datetime | None:
    """When the quiet ends in which a moment lies; None when it lies in none."""
    end = None
    while quiet is not None and (later := _one_end(moment, zone, quiet)) is not None:
        end = moment = later
    return end


def _one_end(moment: datetime, zone: ZoneInfo, quiet: Quiet) -> datetime | None:
    today = moment.astimezone(zone).date()
    for day in (today - DAY, today):
        last = day if quiet.end > quiet.start else day + DAY
        end = _moment(last, quiet.end, zone)
        if quiet.begins_on(day) and _moment(day, quiet.start, zone) <= moment < end:
            return end
    return None


def _moment(day: date, at: time, zone: ZoneInfo) -> datetime:
    """A wall time as a moment; one that a clock skips is as long after midnight as it says."""
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)
