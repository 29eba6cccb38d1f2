"""What people do with messages of a room, and what staff do to keep it in order."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.models import Course
from lms.kernel import clock
from lms.kernel.privacy import PersonalData
from realtime.enums import Emoji, RestrictionKind, RevisionKind
from realtime.models.chat import Message


class Reaction(models.Model):
    """One person's one emoji on a message."""

    personal_data = PersonalData(
        kind="content",
        purpose="Answers a message without words; others see counts.",
        retention="as long as the course",
        subject="user_id",
        erase="delete",
    )
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    emoji = models.CharField(max_length=12, choices=Emoji.choices)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["message", "user", "emoji"], name="reaction_once")
        ]

    def __str__(self) -> str:
        return f"{self.emoji} of {self.user_id} on {self.message_id}"


class MessageRevision(models.Model):
    """What a message said before it was edited or deleted; the staff of the course read it."""

    personal_data = PersonalData(
        kind="content",
        purpose="Lets staff see what was said when a message is reported or disputed.",
        retention="90 days",
        subject="author_id",
        erase="delete",
        hidden=("made_by",),
    )
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="revisions")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+"
    )
    kind = models.CharField(max_length=8, choices=RevisionKind.choices)
    body = models.TextField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"message {self.message_id} before it was {self.kind}"


class RoomRestriction(models.Model):
    """A member who may not write in a room, or not enter it, until a moment or until lifted."""

    personal_data = PersonalData(
        kind="activity",
        purpose="Keeps a room in order.",
        retention="until lifted, or one year",
        subject="user_id",
        erase="delete",
        hidden=("by",),
    )
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(_("kind"), max_length=4, choices=RestrictionKind.choices)
    until = models.DateTimeField(_("until"), null=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["course", "user"], name="restricted_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.user_id} in course {self.course_id}"


class MessageReport(models.Model):
    """A member asks staff to look at a message; each once."""

    personal_data = PersonalData(
        kind="content",
        purpose="Tells staff of a message that breaks the rules; only they see who reported it.",
        retention="as long as the course",
        subject="reporter_id",
        erase="delete",
        hidden=("settled_by",),
    )
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="reports")
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    reason = models.CharField(_("what is wrong"), max_length=500, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["message", "reporter"], name="reported_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["message"],
                name="report_open",
                condition=models.Q(settled_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"report of message {self.message_id}"


class RoomRead(models.Model):
    """How far somebody has read a room."""

    personal_data = PersonalData(
        kind="activity",
        purpose="Shows what is new to the person.",
        retention="as long as the course",
        subject="user_id",
        erase="delete",
    )
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    last_seq = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["course", "user"], name="room_read_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} read to {self.last_seq} in course {self.course_id}"
