"""Lines of a calendar as iCalendar (RFC 5545), written with the icalendar library."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from interop.scoring.entry import Entry

if TYPE_CHECKING:
    from icalendar import Event

PRODUCT = "-//Cairn//Calendar//EN"
REFRESH = timedelta(hours=1)


def calendar(lines: Iterable[Entry], *, name: str, site: str) -> bytes:
    """The calendar as a program subscribes to it; the same lines give the same octets.

    Times are in UTC and whole days are dates. `site` is the address before each line's path.
    """
    from icalendar import Calendar

    found = Calendar()
    found.add("prodid", PRODUCT)
    found.add("version", "2.0")
    found.add("method", "PUBLISH")
    found.add("x-wr-calname", name)
    found.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    found.add("x-published-ttl", REFRESH)
    for line in lines:
        found.add_component(_event(line, site))
    written: bytes = found.to_ical(sorted=False)
    return written


def _event(line: Entry, site: str) -> "Event":
    from icalendar import Event

    made = Event()
    made.add("uid", line.uid)
    made.add("dtstamp", _seconds(line.changed_at))
    made.add("last-modified", _seconds(line.changed_at))
    made.add("sequence", line.sequence)
    made.add("summary", f"{line.title} ({line.course.title})" if line.course else line.title)
    if line.all_day:
        made.add("dtstart", line.start.astimezone(UTC).date())
        made.add("dtend", line.end.astimezone(UTC).date())
    else:
        made.add("dtstart", _seconds(line.start))
        if line.end > line.start:
            made.add("dtend", _seconds(line.end))
    # What has no length takes nobody's time.
    made.add("transp", "OPAQUE" if _takes_time(line) else "TRANSPARENT")
    words = "\n\n".join(part for part in (line.text, line.url) if part)
    if words:
        made.add("description", words)
    if line.place:
        made.add("location", line.place)
    if line.course:
        made.add("categories", [line.course.title])
    if line.path:
        made.add("url", f"{site}{line.path}")
    return made


def _takes_time(line: Entry) -> bool:
    return not line.all_day and line.end > line.start


def _seconds(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
