"""One line of a calendar, made of plain values: what pages, the API and feeds are made from."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from interop.enums import EntryKind


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseName:
    """The course that a line belongs to."""

    id: str
    slug: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something with a date.

    `uid` stays the same when the line changes. `start` and `end` of a line of whole days are
    midnights in UTC and `end` is the midnight after its last day; `end` is `start` for a moment.
    `path` leads to the thing inside Cairn, `url` to a place outside. `event` is the id of what was
    planned, empty for dates of work.
    """

    uid: str
    kind: EntryKind
    title: str
    start: datetime
    end: datetime
    changed_at: datetime
    all_day: bool = False
    path: str = ""
    course: CourseName | None = None
    place: str = ""
    url: str = ""
    text: str = ""
    sequence: int = 0
    event: str = ""
    mine: bool = False

    def first_day(self, zone: tzinfo) -> date:
        """The day on which it begins, in a zone."""
        return self.start.astimezone(UTC if self.all_day else zone).date()

    def last_day(self, zone: tzinfo) -> date:
        """The day on which it ends; what ends at midnight ends on the day before."""
        if self.end <= self.start:
            return self.first_day(zone)
        end = self.end.astimezone(UTC if self.all_day else zone)
        return (end - timedelta(microseconds=1)).date()

    def days(self, zone: tzinfo) -> list[date]:
        """Every day that it touches."""
        first = self.first_day(zone)
        return [first + timedelta(days=n) for n in range((self.last_day(zone) - first).days + 1)]


def order(entry: Entry) -> tuple[datetime, bool, str, str]:
    """Lines by time, whole days first among those of one moment."""
    return entry.start, not entry.all_day, entry.title, entry.uid
