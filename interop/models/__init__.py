"""Events of courses and of people, and the private addresses of calendars."""

from interop.models.calendar import CalendarEvent, CalendarFeed

__all__ = ["CalendarEvent", "CalendarFeed"]
