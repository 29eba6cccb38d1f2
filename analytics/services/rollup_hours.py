"""Add the acts of a batch of events to the hours of courses."""

from collections.abc import Mapping
from datetime import UTC, datetime

from analytics.models import CourseHour

UPSERT = 500
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
    if not added:
        return
    hours = [hour for _course, hour in added]
    stored = CourseHour.objects.filter(
        course__in={course for course, _hour in added}, hour__range=(min(hours), max(hours))
    )
    before = {(course, hour): count for course, hour, count in stored.values_list(*_COLUMNS)}
    CourseHour.objects.bulk_create(
        [
            CourseHour(course_id=key[0], hour=key[1], events=before.get(key, 0) + count)
            for key, count in sorted(added.items())
        ],
        batch_size=UPSERT,
        update_conflicts=True,
        unique_fields=["course", "hour"],
        update_fields=["events"],
    )


_COLUMNS = ("course_id", "hour", "events")
