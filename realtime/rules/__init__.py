"""Who may see, take back, announce and read: predicates and their queryset twins, side by side."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.db.models import Q, QuerySet

from assessments.enums import ExamChat
from assessments.queries.exam import chat_in, closed_courses
from courses.models import Course
from courses.rules import (
    VIEW_COURSE,
    manage_course_rows,
    may_manage_course,
    may_open_course,
    may_staff_course,
    may_talk_in_course,
    open_course_rows,
    staff_course_rows,
    talk_in_course_rows,
)
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.rules import Rule
from realtime.enums import RestrictionKind
from realtime.models import (
    Announcement,
    Message,
    Notification,
    RoomQuestion,
    RoomRestriction,
)

_entered: ContextVar[dict[tuple[Actor, int], bool] | None] = ContextVar("entered", default=None)

# Rooms: every active member but observers, who see no person's data; staff in preview read along.

# An exam may close the room to whoever takes it, its staff to whoever disturbs it.


def restrictions(user_id: int | None, *kinds: RestrictionKind) -> QuerySet[RoomRestriction]:
    """What holds now of these kinds for somebody, in every course."""
    return lasting_restrictions(clock.now()).filter(kind__in=kinds, user_id=user_id or 0)


def lasting_restrictions(now: datetime) -> QuerySet[RoomRestriction]:
    """What holds at a moment, for anybody."""
    return RoomRestriction.objects.filter(Q(until=None) | Q(until__gt=now))


def is_banned(user_id: int | None, course_id: int) -> bool:
    """Whether somebody is not let into a room."""
    if user_id is None:
        return False
    return restrictions(user_id, RestrictionKind.BAN).filter(course=course_id).exists()


@contextmanager
def asking_once() -> Iterator[dict[tuple[Actor, int], bool]]:
    """Ask about a room once per person until the block ends; for what ends within moments.

    Gives the answers by person and course, for who has just been asked about.
    """
    known: dict[tuple[Actor, int], bool] = {}
    token = _entered.set(known)
    try:
        yield known
    finally:
        _entered.reset(token)


def may_view_room(actor: Actor, course: Course) -> bool:
    known = _entered.get()
    if known is None:
        return _enters(actor, course)
    key = (actor, course.pk)
    if key not in known:
        known[key] = _enters(actor, course)
    return known[key]


def _enters(actor: Actor, course: Course) -> bool:
    if not may_talk_in_course(actor, course) or is_banned(actor.user_id, course.pk):
        return False
    return chat_in(actor.user_id, course.pk) != ExamChat.CLOSED


def view_room_rows(actor: Actor) -> QuerySet[Course]:
    rows = talk_in_course_rows(actor).exclude(pk__in=closed_courses(actor.user_id))
    return rows.exclude(pk__in=restrictions(actor.user_id, RestrictionKind.BAN).values("course"))


VIEW_ROOM = Rule("realtime.room.view", may=may_view_room, rows=view_room_rows, visible=VIEW_COURSE)


# Messages: whoever may be in the room; taking one back is for its author and for staff.


def may_view_message(actor: Actor, message: Message) -> bool:
    return may_view_room(actor, message.room.course)


def view_message_rows(actor: Actor) -> QuerySet[Message]:
    return Message.objects.filter(room__course__in=view_room_rows(actor).values("pk"))


def may_delete_message(actor: Actor, message: Message) -> bool:
    course = message.room.course
    if may_staff_course(actor, course):
        return True
    own = actor.user_id is not None and message.sender_id == actor.user_id
    return own and may_view_room(actor, course)


def delete_message_rows(actor: Actor) -> QuerySet[Message]:
    staffed = Q(room__course__in=staff_course_rows(actor).values("pk"))
    talked = Q(room__course__in=view_room_rows(actor).values("pk"))
    own = Q(sender_id=actor.user_id) if actor.user_id is not None else Q(pk__in=[])
    return Message.objects.filter(staffed | (own & talked))


VIEW_MESSAGE = Rule("realtime.message.view", may=may_view_message, rows=view_message_rows)
DELETE_MESSAGE = Rule(
    "realtime.message.delete",
    may=may_delete_message,
    rows=delete_message_rows,
    writes=True,
    visible=VIEW_MESSAGE,
)


# What became of a question to the tutor: whoever asked, as long as they may be in the room.


def may_view_question(actor: Actor, question: RoomQuestion) -> bool:
    own = actor.user_id is not None and question.asker_id == actor.user_id
    return own and may_view_room(actor, question.message.room.course)


def view_question_rows(actor: Actor) -> QuerySet[RoomQuestion]:
    if actor.user_id is None:
        return RoomQuestion.objects.none()
    rooms = view_room_rows(actor).values("pk")
    return RoomQuestion.objects.filter(asker_id=actor.user_id, message__room__course__in=rooms)


VIEW_QUESTION = Rule("realtime.question.view", may=may_view_question, rows=view_question_rows)
ASK_AGAIN = Rule(
    "realtime.question.ask_again",
    may=may_view_question,
    rows=view_question_rows,
    writes=True,
    visible=VIEW_QUESTION,
)


# Making a message an answer for everybody: who writes the course.


def may_promote_message(actor: Actor, message: Message) -> bool:
    course = message.room.course
    return may_manage_course(actor, course) and may_view_room(actor, course)


def promote_message_rows(actor: Actor) -> QuerySet[Message]:
    managed = manage_course_rows(actor).values("pk")
    seen = view_room_rows(actor).values("pk")
    return Message.objects.filter(room__course__in=managed).filter(room__course__in=seen)


PROMOTE_MESSAGE = Rule(
    "realtime.message.promote",
    may=may_promote_message,
    rows=promote_message_rows,
    writes=True,
    visible=VIEW_MESSAGE,
)


# Announcements: whoever may read the course; writing and deleting is for its instructors.


def may_view_announcement(actor: Actor, announcement: Announcement) -> bool:
    return announcement.deleted_at is None and may_open_course(actor, announcement.course)


def view_announcement_rows(actor: Actor) -> QuerySet[Announcement]:
    opened = open_course_rows(actor).values("pk")
    return Announcement.objects.filter(deleted_at=None, course__in=opened)


def may_delete_announcement(actor: Actor, announcement: Announcement) -> bool:
    return announcement.deleted_at is None and may_manage_course(actor, announcement.course)


def delete_announcement_rows(actor: Actor) -> QuerySet[Announcement]:
    managed = manage_course_rows(actor).values("pk")
    return Announcement.objects.filter(deleted_at=None, course__in=managed)


VIEW_ANNOUNCEMENT = Rule(
    "realtime.announcement.view", may=may_view_announcement, rows=view_announcement_rows
)
DELETE_ANNOUNCEMENT = Rule(
    "realtime.announcement.delete",
    may=may_delete_announcement,
    rows=delete_announcement_rows,
    writes=True,
    visible=VIEW_ANNOUNCEMENT,
)
EDIT_ANNOUNCEMENT = Rule(
    "realtime.announcement.edit",
    may=may_delete_announcement,
    rows=delete_announcement_rows,
    writes=True,
    visible=VIEW_ANNOUNCEMENT,
)


# Notifications: one's own, nobody else's, not even an administrator's.


def may_view_notification(actor: Actor, notification: Notification) -> bool:
    return notification.in_app and notification.user_id == actor.user_id


def view_notification_rows(actor: Actor) -> QuerySet[Notification]:
    if actor.user_id is None:
        return Notification.objects.none()
    return Notification.objects.filter(user_id=actor.user_id, in_app=True)


VIEW_NOTIFICATION = Rule(
    "realtime.notification.view", may=may_view_notification, rows=view_notification_rows
)
READ_NOTIFICATION = Rule(
    "realtime.notification.read",
    may=may_view_notification,
    rows=view_notification_rows,
    writes=True,
    visible=VIEW_NOTIFICATION,
)


# What members do with messages beside writing them: whoever may be in the room.

USE_MESSAGE = Rule(
    "realtime.message.use",
    may=may_view_message,
    rows=view_message_rows,
    writes=True,
    visible=VIEW_MESSAGE,
)


# Editing: the author's own words, as long as they may be in the room.


def may_edit_message(actor: Actor, message: Message) -> bool:
    own = actor.user_id is not None and message.sender_id == actor.user_id
    return own and may_view_message(actor, message)


def edit_message_rows(actor: Actor) -> QuerySet[Message]:
    if actor.user_id is None:
        return Message.objects.none()
    return view_message_rows(actor).filter(sender_id=actor.user_id)


EDIT_MESSAGE = Rule(
    "realtime.message.edit",
    may=may_edit_message,
    rows=edit_message_rows,
    writes=True,
    visible=VIEW_MESSAGE,
)


# Keeping order: the staff of the course. What was said before is theirs to read.


def may_moderate_message(actor: Actor, message: Message) -> bool:
    course = message.room.course
    return may_staff_course(actor, course) and may_view_room(actor, course)


def moderate_message_rows(actor: Actor) -> QuerySet[Message]:
    staffed = staff_course_rows(actor).values("pk")
    return view_message_rows(actor).filter(room__course__in=staffed)


VIEW_HISTORY = Rule(
    "realtime.message.history",
    may=may_moderate_message,
    rows=moderate_message_rows,
    visible=VIEW_MESSAGE,
)
MODERATE_MESSAGE = Rule(
    "realtime.message.moderate",
    may=may_moderate_message,
    rows=moderate_message_rows,
    writes=True,
    visible=VIEW_MESSAGE,
)
