"""A small iCalendar (RFC 5545): whole-day entries, without alarms."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

LINE = 75


@dataclass(frozen=True, slots=True)
class DayEntry:
    """Something on a whole day; `uid` stays the same when the entry changes."""

    uid: str
    day: date
    title: str
    text: str = ""
    url: str = ""


def calendar(entries: Iterable[DayEntry], *, name: str, at: datetime) -> str:
    """The calendar as text; `at` is when it was made (UTC)."""
    stamp = f"{at:%Y%m%dT%H%M%SZ}"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Cairn//Reviews//EN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escaped(name)}",
    ]
    for one in entries:
        lines += [
            "BEGIN:VEVENT",
            f"UID:{one.uid}",
            f"DTSTAMP:{stamp}",
            f"DTSTART;VALUE=DATE:{one.day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{one.day + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{escaped(one.title)}",
            *([f"DESCRIPTION:{escaped(one.text)}"] if one.text else []),
            *([f"URL:{one.url}"] if one.url else []),
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{folded(line)}\r\n" for line in lines)


def escaped(text: str) -> str:
    """Text as a value of a calendar."""
    for plain, safe in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r", ""), ("\n", "\\n")):
        text = text.replace(plain, safe)
    return text


def folded(line: str) -> str:
    """A line cut into pieces of at most 75 octets, never inside a character."""
    pieces: list[str] = []
    here = b""
    for letter in line:
        more = letter.encode()
        if len(here) + len(more) > LINE - bool(pieces):
            pieces.append(here.decode())
            here = b""
        here += more
    return "\r\n ".join([*pieces, here.decode()])
