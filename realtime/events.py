"""What happens in rooms and announcements: ids alone, the words stay in their tables."""

from dataclasses import dataclass

from lms.kernel.events import Event, event


@event("realtime.message_sent")
@dataclass(frozen=True, kw_only=True)
class MessageSent(Event):
    """Somebody wrote in a course's room."""

    message_id: int
    sender_id: int


@event("realtime.message_deleted")
@dataclass(frozen=True, kw_only=True)
class MessageDeleted(Event):
    """A message was taken back by its author or removed by staff."""

    message_id: int
    sender_id: int | None


@event("realtime.announcement_published")
@dataclass(frozen=True, kw_only=True)
class AnnouncementPublished(Event):
    """An announcement went out to the members of a course."""

    announcement_id: int
