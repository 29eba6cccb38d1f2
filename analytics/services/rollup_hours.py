"""Add the acts of a batch of events to the hours of courses."""

from collections.abc import Mapping
from datetime import UTC, datetime

from analytics.models import CourseHour
from analytics.services.upsert import Into, add_rows

HOURS = Into(CourseHour, ("course", "hour"), ("events",))
# A course, a person, the beginning of an hour (UTC).
HourKey = tuple[int, int, datetime]


def hour_of(at: datetime) -> datetime:
    """The beginning of the hour in which something happened."""
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def write_hours(acts: Mapping[HourKey, int]) -> None:
    """Add up; the caller holds the reader's row and a transaction."""
    added: dict[tuple[int, datetime], int] = {}
    for (course, _person, hour), count in acts.items():
        added[course, hour] = added.get((course, hour), 0) + count
    add_rows(HOURS, [(*key, count) for key, count in sorted(added.items())])
