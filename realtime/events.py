"""What happens in rooms and announcements: ids alone, the words stay in their tables."""

from dataclasses import dataclass

from lms.kernel.events import Event, event


@event("realtime.message_sent")
@dataclass(frozen=True, kw_only=True)
class MessageSent(Event):
    """Somebody wrote in a course's room."""

    message_id: int
    sender_id: int


@event("realtime.people_meant")
@dataclass(frozen=True, kw_only=True)
class PeopleMeant(Event):
    """What somebody wrote in a room mentions people or replies to one: they are to be told."""

    message_id: int


@event("realtime.message_deleted")
@dataclass(frozen=True, kw_only=True)
class MessageDeleted(Event):
    """A message was taken back by its author or removed by staff."""

    message_id: int
    sender_id: int | None


@event("realtime.message_edited")
@dataclass(frozen=True, kw_only=True)
class MessageEdited(Event):
    """The author of a message changed its words."""

    message_id: int


@event("realtime.message_pinned")
@dataclass(frozen=True, kw_only=True)
class MessagePinned(Event):
    """Staff pinned a message, or took the pin away."""

    message_id: int
    on: bool


@event("realtime.message_reported")
@dataclass(frozen=True, kw_only=True)
class MessageReported(Event):
    """A member asked staff to look at a message."""

    message_id: int


@event("realtime.report_settled")
@dataclass(frozen=True, kw_only=True)
class ReportSettled(Event):
    """Staff looked at a reported message; `removed` when they took it away."""

    message_id: int
    removed: bool


@event("realtime.report_reopened")
@dataclass(frozen=True, kw_only=True)
class ReportReopened(Event):
    """Staff opened settled reports of a message again."""

    message_id: int


@event("realtime.member_restricted")
@dataclass(frozen=True, kw_only=True)
class MemberRestricted(Event):
    """Staff muted or banned a member of a room; `restriction` is empty when they lifted it."""

    member_id: int
    restriction: str


@event("realtime.room_set")
@dataclass(frozen=True, kw_only=True)
class RoomSet(Event):
    """Staff changed how a room works: the seconds between messages are in it, the words are not."""

    slow_seconds: int


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


@event("realtime.announcement_edited")
@dataclass(frozen=True, kw_only=True)
class AnnouncementEdited(Event):
    """Somebody who teaches put an announcement in other words; nobody is told again."""

    announcement_id: int
    version: int


@event("realtime.thread_started")
@dataclass(frozen=True, kw_only=True)
class ThreadStarted(Event):
    """Somebody began a thread of the forum; `author_id` is 0 for somebody without a name there."""

    thread_id: int
    author_id: int


@event("realtime.post_written")
@dataclass(frozen=True, kw_only=True)
class PostWritten(Event):
    """Somebody replied in a thread of the forum; `author_id` is 0 where their name is hidden."""

    thread_id: int
    post_id: int
    author_id: int


@event("realtime.post_edited")
@dataclass(frozen=True, kw_only=True)
class PostEdited(Event):
    """A post got other words, from its author or from staff."""

    post_id: int
    by_staff: bool


@event("realtime.post_deleted")
@dataclass(frozen=True, kw_only=True)
class PostDeleted(Event):
    """A post, or with its first post a whole thread, was taken away."""

    thread_id: int
    post_id: int
    by_staff: bool


@event("realtime.question_solved")
@dataclass(frozen=True, kw_only=True)
class QuestionSolved(Event):
    """A post was marked as what solves its question; `post_id` is None when that was taken back."""

    thread_id: int
    post_id: int | None


@event("realtime.thread_kept")
@dataclass(frozen=True, kw_only=True)
class ThreadKept(Event):
    """Staff pinned, locked, moved, restricted, graded or restored a thread, or undid that."""

    thread_id: int
    what: str
    on: bool


@event("realtime.post_reported")
@dataclass(frozen=True, kw_only=True)
class PostReported(Event):
    """A member asked staff to look at a post."""

    post_id: int


@event("realtime.post_report_settled")
@dataclass(frozen=True, kw_only=True)
class PostReportSettled(Event):
    """Staff looked at a reported post; `removed` when they took it away."""

    post_id: int
    removed: bool


@event("realtime.post_author_revealed")
@dataclass(frozen=True, kw_only=True)
class PostAuthorRevealed(Event):
    """Somebody who teaches looked who wrote a post without a name; kept as an audit of that."""

    post_id: int


@event("realtime.post_promoted")
@dataclass(frozen=True, kw_only=True)
class PostPromoted(Event):
    """Staff made a post of the forum an answer for everybody."""

    post_id: int
    faq_id: int


@event("realtime.forum_set")
@dataclass(frozen=True, kw_only=True)
class ForumSet(Event):
    """Staff changed how a forum works."""

    anonymous_allowed: bool


@event("realtime.direct_sent")
@dataclass(frozen=True, kw_only=True)
class DirectSent(Event):
    """Somebody wrote to one other person."""

    message_id: int
    sender_id: int


@event("realtime.person_blocked")
@dataclass(frozen=True, kw_only=True)
class PersonBlocked(Event):
    """Somebody wants no messages of somebody, or wants them again; of whom is not in it."""

    on: bool


@event("realtime.direct_reported")
@dataclass(frozen=True, kw_only=True)
class DirectReported(Event):
    """Somebody showed a message to them alone to the staff of a course."""

    report_id: int


@event("realtime.direct_report_settled")
@dataclass(frozen=True, kw_only=True)
class DirectReportSettled(Event):
    """Staff looked at such a report; `removed` when they took the message away."""

    report_id: int
    removed: bool
