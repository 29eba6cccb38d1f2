"""Choices of the realtime app, and the words of its frames."""

from enum import IntEnum
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class NotificationKind(models.TextChoices):
    """What people are told about; each can be switched off, in the app and by mail."""

    INVITED = "invited", _("Invitations to courses")
    ENROLLED = "enrolled", _("Being enrolled in a course")
    QUIZ_PUBLISHED = "quiz_published", _("New quizzes")
    ASSIGNMENT_PUBLISHED = "assignment_published", _("New assignments")
    SUBMISSION_RECEIVED = "submission_received", _("Receipts of what you hand in")
    SUBMISSION_RETURNED = "submission_returned", _("Work that is returned to you")
    GRADE_CHANGED = "grade_changed", _("Grades and feedback")
    ANNOUNCEMENT = "announcement", _("Announcements of your courses")
    MENTIONED = "mentioned", _("Mentions of you and replies to you in chats")
    FORUM_REPLY = "forum_reply", _("Replies in threads you follow")
    FORUM_THREAD = "forum_thread", _("New threads on boards you follow")
    FORUM_SOLVED = "forum_solved", _("Questions of yours that are solved")
    FORUM_MENTION = "forum_mention", _("Mentions of you in forums")
    DIRECT = "direct", _("Messages to you alone")
    TUTOR_REPLY = "tutor_reply", _("Answers of your teachers to questions you passed on")
    AI_BUDGET = "ai_budget", _("AI budgets that are nearly or quite used up")
    REVIEW_DUE = "review_due", _("Cards that are due in your review")


class Frequency(models.TextChoices):
    """When mail of a kind leaves."""

    AT_ONCE = "at_once", _("At once")
    DAILY = "daily", _("Daily digest")
    WEEKLY = "weekly", _("Weekly digest")


# What is said in a course's rooms: whoever is banned from them is told of none of it.
TALK: Final = frozenset(
    {
        NotificationKind.MENTIONED,
        NotificationKind.FORUM_REPLY,
        NotificationKind.FORUM_THREAD,
        NotificationKind.FORUM_SOLVED,
        NotificationKind.FORUM_MENTION,
    }
)
# Mail of these does not wait for more to come.
URGENT: Final = frozenset({NotificationKind.INVITED})


class Asked(models.TextChoices):
    """How far the tutor is with a message of a room that mentions it."""

    WAITING = "waiting", _("the tutor is at it")
    ANSWERED = "answered", _("answered")
    REFUSED = "refused", _("the tutor may not answer")
    FAILED = "failed", _("the tutor could not answer")


class Emoji(models.TextChoices):
    """What a person can answer a message with instead of words; each once."""

    THUMBS_UP = "thumbs_up", "👍"
    HEART = "heart", "❤️"
    LAUGH = "laugh", "😄"
    PARTY = "party", "🎉"
    THINKING = "thinking", "🤔"
    EYES = "eyes", "👀"


class RevisionKind(models.TextChoices):
    """Why earlier words of a message were kept."""

    EDITED = "edited", _("edited")
    DELETED = "deleted", _("deleted")


class RestrictionKind(models.TextChoices):
    """What is taken from a member of a room."""

    MUTE = "mute", _("reads, does not write")
    BAN = "ban", _("is not let in")


class DirectPolicy(models.TextChoices):
    """Who in a course may write to each other beside the room."""

    OFF = "off", _("nobody")
    STAFF = "staff", _("learners and the people who teach")
    ALL = "all", _("everybody")


class CloseCode(IntEnum):
    """Why a socket was closed from this side."""

    SIGNED_OUT = 4401
    NOT_ALLOWED = 4403
    SLOW_READER = 4408
    TOO_FAST = 4429
    TOO_LARGE = 1009


MAX_BODY = 4000
MAX_FRAME_BYTES = 16 * 1024
MAX_EDIT_MINUTES = 15
MAX_FILES = 6
MAX_FILE_MB = 10
MAX_ALT = 300
MAX_SLOW_SECONDS = 3600
MAX_MENTIONS = 20
MAX_TITLE = 150
MAX_ANNOUNCEMENT = 20_000
MAX_POST = 20_000


class ThreadKind(models.TextChoices):
    """What a thread of the forum is for; a question can be solved."""

    DISCUSSION = "discussion", _("Discussion")
    QUESTION = "question", _("Question")


class ThreadShow(models.TextChoices):
    """Which threads a list of the forum shows."""

    ALL = "all", _("All")
    UNREAD = "unread", _("Unread")
    MINE = "mine", _("Mine")
    FOLLOWED = "followed", _("Followed")
    UNANSWERED = "unanswered", _("Unanswered")
    UNSOLVED = "unsolved", _("Unsolved")
    SOLVED = "solved", _("Solved")
    DELETED = "deleted", _("Deleted")
