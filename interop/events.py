"""What happens to calendars."""

from dataclasses import dataclass

from lms.kernel.events import Event, event


@event("interop.event_planned")
@dataclass(frozen=True, kw_only=True)
class EventPlanned(Event):
    """A course plans something, or changed what it plans."""

    event_id: int
    changed: bool


@event("interop.event_called_off")
@dataclass(frozen=True, kw_only=True)
class EventCalledOff(Event):
    """A course no longer plans something."""

    event_id: int


@event("interop.calendar_feed_made")
@dataclass(frozen=True, kw_only=True)
class CalendarFeedMade(Event):
    """Somebody made a private calendar address."""

    feed_id: int


@event("interop.calendar_feed_ended")
@dataclass(frozen=True, kw_only=True)
class CalendarFeedEnded(Event):
    """Somebody ended a private calendar address."""

    feed_id: int
