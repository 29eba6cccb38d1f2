"""Conversations with the tutor, and how far it may go in a course."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ai.enums import ProviderKind, Rating, TutorHelp, TutorStyle
from courses.models import Course, Lesson
from lms.kernel import clock
from lms.kernel.db.fields import PublicIdField
from lms.kernel.privacy import NOTHING_PERSONAL, PersonalData


class TutorSetting(models.Model):
    """How the tutor helps in a course; a course without a row has the defaults."""

    personal_data = NOTHING_PERSONAL
    course = models.OneToOneField(Course, on_delete=models.CASCADE, related_name="tutor_setting")
    style = models.CharField(
        _("how the tutor helps"),
        max_length=10,
        choices=TutorStyle.choices,
        default=TutorStyle.ANSWERS,
    )

    def __str__(self) -> str:
        return f"tutor of course {self.course_id}: {self.style}"


class Conversation(models.Model):
    """What one person and the tutor said to each other in a course."""

    personal_data = PersonalData(
        kind="content",
        purpose="Conversation with the tutor, so that it can be continued.",
        retention="180 days after its last message",
        subject="learner_id",
        erase="delete",
    )
    public_id = PublicIdField()
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["learner", "course", "-updated_at"], name="talk_of_learner"),
            models.Index(fields=["updated_at"], name="talk_by_age"),
        ]

    def __str__(self) -> str:
        return f"conversation {self.public_id}"


class Exchange(models.Model):
    """One question and what was answered.

    `citations`: [{block, lesson, quote}] with public ids. `sent_on_at`: when the learner passed it
    to the teachers, `settled_at`: when one of them dealt with it.
    """

    personal_data = PersonalData(
        kind="content",
        purpose="Questions to the tutor and its answers; shown to teachers when sent on or rated.",
        retention="180 days after the conversation's last message",
        subject="conversation__learner_id",
        erase="delete",
        withheld=("answer", "citations", "reply"),
        withheld_by="ai.queries.sight.withheld_exchanges",
    )
    public_id = PublicIdField()
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="exchanges"
    )
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")
    lesson = models.ForeignKey(Lesson, null=True, on_delete=models.SET_NULL, related_name="+")
    question = models.TextField()
    answer = models.TextField(blank=True)
    answerable = models.BooleanField(default=False)
    citations = models.JSONField(default=list)
    mode = models.CharField(max_length=4, choices=TutorHelp.choices)
    provider = models.CharField(max_length=40)
    model = models.CharField(max_length=120, blank=True)
    prompt_version = models.CharField(max_length=40, blank=True)
    rating = models.CharField(max_length=4, choices=Rating.choices, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    sent_on_at = models.DateTimeField(null=True)
    reply = models.TextField(blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["id"]
        indexes: ClassVar = [
            models.Index(
                fields=["course", "-id"],
                name="exchange_waiting",
                condition=models.Q(settled_at=None)
                & (models.Q(sent_on_at__isnull=False) | models.Q(rating="down")),
            )
        ]

    def __str__(self) -> str:
        return self.question[:80]

    @property
    def by_model(self) -> bool:
        """Whether a language model wrote the answer; else it is quotes or words of ours."""
        return self.provider != ProviderKind.EXTRACTIVE
