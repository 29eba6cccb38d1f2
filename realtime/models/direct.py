"""What two people who share a course write to each other, and what keeps that in order."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.models import Course
from lms.kernel import clock
from lms.kernel.db.fields import PublicIdField
from lms.kernel.privacy import NOTHING_PERSONAL, PersonalData


class Conversation(models.Model):
    """Two people's messages, made with the first of them.

    `pair` names both by their keys, the lower one first, so that there is one of each pair.
    `last_seq` numbers the messages, `last_change` everything that happens to one of them.
    """

    personal_data = NOTHING_PERSONAL
    public_id = PublicIdField()
    pair = models.CharField(max_length=45, unique=True, editable=False)
    last_seq = models.PositiveBigIntegerField(default=0)
    last_change = models.PositiveBigIntegerField(default=0)
    last_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"conversation {self.public_id}"


class ConversationMember(models.Model):
    """One of the two, and how far they have read; gone once their account is erased."""

    personal_data = PersonalData(
        kind="activity",
        purpose="Says whose conversation it is and what is new to them.",
        subject="user_id",
        erase="delete",
    )
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    read_seq = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "user"], name="in_conversation_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in conversation {self.conversation_id}"


class DirectMessage(models.Model):
    """What one of the two said. Numbers and states are those of `Message` in a room."""

    personal_data = PersonalData(
        kind="content",
        purpose="A message between two people of a course; each one's copy holds their own side.",
        subject="sender_id",
        erase="anonymise",
        blank=("sender", "body", "html"),
    )
    public_id = PublicIdField()
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="messages"
    )
    seq = models.PositiveBigIntegerField()
    change = models.PositiveBigIntegerField()
    client_id = models.UUIDField()
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    body = models.TextField(_("message"), blank=True)
    html = models.TextField(blank=True)
    pipeline_version = models.CharField(max_length=12, blank=True)
    edited_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["seq"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["conversation", "seq"], name="direct_seq_once"),
            models.UniqueConstraint(fields=["conversation", "change"], name="direct_change_once"),
            models.UniqueConstraint(
                fields=["conversation", "sender", "client_id"], name="direct_sent_once"
            ),
            models.CheckConstraint(condition=models.Q(seq__gte=1), name="direct_seq_positive"),
        ]

    def __str__(self) -> str:
        return f"#{self.seq} of conversation {self.conversation_id}"


class PersonBlock(models.Model):
    """Somebody who wants no messages of somebody else; that person is not told."""

    personal_data = PersonalData(
        kind="activity",
        purpose="Keeps the messages of a person away from another one.",
        subject="blocker_id",
        erase="delete",
    )
    blocker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    blocked = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["blocker", "blocked"], name="blocked_once")
        ]

    def __str__(self) -> str:
        return f"{self.blocker_id} blocks {self.blocked_id}"


class DirectReport(models.Model):
    """A message that its reader shows to the staff of a shared course; each once.

    `body` is what it said then: an edit or a deletion afterwards takes nothing from them.
    """

    personal_data = PersonalData(
        kind="content",
        purpose="Tells staff of a message that breaks the rules; only they see who reported it.",
        retention="as long as the course; the words until their writer's account is erased",
        subject="reporter_id",
        erase="delete",
        hidden=("settled_by", "body"),
    )
    public_id = PublicIdField()
    message = models.ForeignKey(DirectMessage, on_delete=models.CASCADE, related_name="reports")
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    body = models.TextField(blank=True)
    reason = models.CharField(_("what is wrong"), max_length=500, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["message", "reporter"], name="direct_reported_once")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["course"],
                name="direct_report_open",
                condition=models.Q(settled_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"report {self.public_id}"
