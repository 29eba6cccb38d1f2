"""The one clock of the project: every time that is stored or compared comes from here."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils import timezone

_travelled: ContextVar[datetime | None] = ContextVar("travelled", default=None)


def now() -> datetime:
    """The current moment in UTC, or the moment set by `travel`."""
    return _travelled.get() or timezone.now()


@contextmanager
def travel(moment: datetime) -> Iterator[None]:
    """Freeze `now()` at an aware datetime, for demo data and tests; nests."""
    token = _travelled.set(moment)
    try:
        yield
    finally:
        _travelled.reset(token)


def zone_named(name: str) -> ZoneInfo:
    """The time zone of a name, UTC where there is none of it."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def zone_words(zone: str | tzinfo) -> str:
    """A zone as people say it, by its place and how far it is from Greenwich now.

    "America/New_York" is "New York (GMT-5)" in winter and "New York (GMT-4)" in summer.
    """
    name = zone if isinstance(zone, str) else str(zone)
    away = now().astimezone(zone_named(name) if isinstance(zone, str) else zone).utcoffset()
    minutes = round(away.total_seconds() / 60) if away else 0
    hours, rest = divmod(abs(minutes), 60)
    offset = f"GMT{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")
    offset = offset if minutes else "GMT"
    place = name.rpartition("/")[2].replace("_", " ")
    if name == "UTC":
        return name
    return offset if name.startswith("Etc/") else f"{place} ({offset})"
