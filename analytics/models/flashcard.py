"""Flashcards: a course's deck, and what somebody keeps for themselves."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from analytics.enums import FlashcardState
from assessments.models import LearningOutcome
from courses.models import Course
from lms.kernel import clock
from lms.kernel.db.fields import PublicIdField, Stamped, Versioned
from lms.kernel.privacy import PersonalData

MAX_SIDE = 2_000


class Flashcard(Stamped, Versioned):
    """Two sides in Markdown: of a course's deck where `owner` is null, else of that person alone.

    A draft comes to nobody. Cards of one's own are never drafts.
    """

    personal_data = PersonalData(
        kind="content",
        purpose="Keeps what its owner, or the course, wants remembered.",
        retention="the owner's until their account is erased; a course's as long as the course",
        subject="owner_id",
        erase="delete",
    )
    public_id = PublicIdField()
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="flashcards")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+"
    )
    outcome = models.ForeignKey(
        LearningOutcome, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    front = models.TextField(_("front"), max_length=MAX_SIDE)
    back = models.TextField(_("back"), max_length=MAX_SIDE)
    state = models.CharField(
        max_length=10, choices=FlashcardState.choices, default=FlashcardState.DRAFT
    )

    class Meta:
        verbose_name = _("flashcard")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(owner__isnull=True) | Q(state=FlashcardState.PUBLISHED),
                name="own_flashcards_are_no_drafts",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["course", "owner", "state"], name="flashcards_of_course"),
        ]

    def __str__(self) -> str:
        return f"flashcard {self.public_id}"


class FlashcardRest(models.Model):
    """A flashcard that a learner has suspended: it stays theirs and does not come back."""

    personal_data = PersonalData(
        kind="activity",
        purpose="Keeps a flashcard that its learner suspended out of their queue.",
        subject="learner_id",
        erase="delete",
    )
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    flashcard = models.ForeignKey(Flashcard, on_delete=models.CASCADE, related_name="rests")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("suspended flashcard")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["learner", "flashcard"], name="suspended_once"),
        ]

    def __str__(self) -> str:
        return f"flashcard {self.flashcard_id} rests for {self.learner_id}"
