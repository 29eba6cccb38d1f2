"""The one clock of the project: every time that is stored or compared comes from here."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
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
