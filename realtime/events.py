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


@event("realtime.tutor_asked")
@dataclass(frozen=True, kw_only=True)
class TutorAsked(Event):
    """Somebody asked the course's tutor in its room, where everybody reads the answer."""

    message_id: int


@event("realtime.tutor_answered")
@dataclass(frozen=True, kw_only=True)
class TutorAnsweredRoom(Event):
    """The tutor answered in a room."""

    message_id: int
    answer_id: int
    answerable: bool
    mode: str
    provider: str


@event("realtime.message_promoted")
@dataclass(frozen=True, kw_only=True)
class MessagePromoted(Event):
    """Staff made a message of the room an answer for everybody."""

    message_id: int
    faq_id: int


@event("realtime.announcement_published")
@dataclass(frozen=True, kw_only=True)
class AnnouncementPublished(Event):
    """An announcement went out to the members of a course."""

    announcement_id: int
