"""A course's room, what was said in it, and who is there."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ai.models import Faq
from courses.models import Course
from lms.kernel import clock
from lms.kernel.db.fields import PublicIdField
from lms.kernel.privacy import NOTHING_PERSONAL, PersonalData
from realtime.enums import Asked, DirectPolicy


class Room(models.Model):
    """One room per course, made with its first message.

    `last_seq` numbers the messages, `last_change` everything that happens to one of them: it grows
    by one with each message and with each change of a message. Who does not teach writes once in
    `slow_seconds`; a message with one of the `blocked_words` (a line each) is refused. `direct`
    says who in the course may write to each other beside it.
    """

    personal_data = NOTHING_PERSONAL
    course = models.OneToOneField(Course, on_delete=models.CASCADE, related_name="room")
    last_seq = models.PositiveBigIntegerField(default=0)
    last_change = models.PositiveBigIntegerField(default=0)
    slow_seconds = models.PositiveSmallIntegerField(_("seconds between messages"), default=0)
    blocked_words = models.TextField(_("words that are not used here"), blank=True)

    direct = models.CharField(
        _("messages between two people"),
        max_length=5,
        choices=DirectPolicy.choices,
        default=DirectPolicy.STAFF,
        db_default=DirectPolicy.STAFF.value,
    )

    def __str__(self) -> str:
        return f"room of course {self.course_id}"


class Message(models.Model):
    """What somebody said, or what the course's tutor answered there.

    `seq` counts from 1 in each room without gaps; a deleted message keeps its place and loses its
    words. `client_id` is the sender's own id of the attempt to send. `change` is the room's number
    of what happened to the message last: of two states the one with the higher number holds.

    `ai` is set on answers of the tutor alone: {mode, provider, model, prompt, citations}; they have
    no sender. `asked` tells how far the tutor is with a message that mentions it.

    `parent` is what it replies to, `thread` the message that began the thread; that one counts its
    `reply_count`. `mentions` are public ids of people, `reactions` counts by emoji, kept with each
    reaction. `indexed` tells that the search knows its words; a sweep indexes the others.
    """

    personal_data = PersonalData(
        kind="content",
        purpose="Conversation of a course.",
        retention="as long as the course",
        subject="sender_id",
        erase="anonymise",
        blank=("sender", "body", "html"),
        hidden=("deleted_by",),
    )
    public_id = PublicIdField()
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="messages")
    seq = models.PositiveBigIntegerField()
    change = models.PositiveBigIntegerField()
    parent = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="replies")
    thread = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    reply_count = models.PositiveIntegerField(default=0)
    client_id = models.UUIDField()
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    body = models.TextField(_("message"), blank=True)
    html = models.TextField(blank=True)
    pipeline_version = models.CharField(max_length=12, blank=True)
    ai = models.JSONField(null=True)
    mentions = models.JSONField(default=list)
    reactions = models.JSONField(default=dict)
    edited_at = models.DateTimeField(null=True)
    pinned_at = models.DateTimeField(null=True)
    indexed = models.BooleanField(default=False, db_default=False, editable=False)
    asked = models.CharField(max_length=8, choices=Asked.choices, blank=True)
    faq = models.ForeignKey(Faq, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    deleted_at = models.DateTimeField(null=True)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["seq"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["room", "seq"], name="message_seq_once"),
            models.UniqueConstraint(
                fields=["room", "sender", "client_id"], name="message_sent_once"
            ),
            models.UniqueConstraint(fields=["room", "change"], name="message_change_once"),
            models.CheckConstraint(condition=models.Q(seq__gte=1), name="message_seq_positive"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["asked"],
                name="message_waits_for_tutor",
                condition=models.Q(asked=Asked.WAITING),
            ),
            models.Index(
                fields=["room"],
                name="message_pinned",
                condition=models.Q(pinned_at__isnull=False),
            ),
            models.Index(
                fields=["id"],
                name="message_not_indexed",
                condition=models.Q(indexed=False),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.seq} of room {self.room_id}"


class RoomQuestion(models.Model):
    """Who asked the tutor by a message, with which job, and why nothing came of it if so.

    `reason` is in words for the asker, for nobody else.
    """

    personal_data = PersonalData(
        kind="content",
        purpose="Answers a question to the tutor in a course's room on behalf of whoever asked.",
        retention="as long as the course",
        subject="asker_id",
        erase="delete",
    )
    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="question")
    asker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    answer = models.OneToOneField(
        Message, null=True, on_delete=models.SET_NULL, related_name="answers"
    )
    job = models.CharField(max_length=22, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["asker", "-created_at"], name="room_question_of_asker")
        ]

    def __str__(self) -> str:
        return f"question {self.message_id} of {self.asker_id}"


class Presence(models.Model):
    """A person in a room through one server process; `seen_at` is renewed while sockets last."""

    personal_data = PersonalData(
        kind="activity",
        purpose="Shows who is in the room right now.",
        retention="two minutes after the last sign of life",
        subject="user_id",
        erase="delete",
        export=False,
    )
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    process = models.CharField(max_length=32)
    seen_at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["course", "user", "process"], name="presence_once_per_process"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in the room of course {self.course_id}"
