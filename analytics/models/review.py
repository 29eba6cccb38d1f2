"""The review queue: cards that come back, what was rated, and the private address of its feed."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from analytics.models.flashcard import Flashcard
from assessments.models import Question
from courses.models import Course
from lms.kernel import clock
from lms.kernel.db.fields import PublicIdField
from lms.kernel.privacy import PersonalData

REVIEW = PersonalData(
    kind="activity",
    purpose="Brings a question or a flashcard back before its learner forgets the answer.",
    subject="learner_id",
    erase="delete",
)


class ReviewCard(models.Model):
    """A question or a flashcard that comes back, from its first rating on (`scoring.spacing`).

    One of the two is set. `course` is where it was met. `reps` counts ratings, `lapses` those that
    it was forgotten.
    """

    personal_data = REVIEW
    public_id = PublicIdField()
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    question = models.ForeignKey(Question, null=True, on_delete=models.CASCADE, related_name="+")
    # The partial unique index serves the deletion of a flashcard; most rows have none.
    flashcard = models.ForeignKey(
        Flashcard, null=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")
    state = models.PositiveSmallIntegerField()
    step = models.PositiveSmallIntegerField(null=True)
    stability = models.FloatField()
    difficulty = models.FloatField()
    due = models.DateTimeField()
    last_review = models.DateTimeField()
    reps = models.PositiveIntegerField(default=0)
    lapses = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("review card")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["learner", "question"], name="one_card_of_a_question"),
            models.UniqueConstraint(
                fields=["flashcard", "learner"],
                condition=models.Q(flashcard__isnull=False),
                name="one_memory_of_a_flashcard",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["learner", "due"], name="cards_due")]

    def __str__(self) -> str:
        return f"card of {self.learner_id} for {self.question_id or self.flashcard_id}"


class ReviewLog(models.Model):
    """One rating (1 again to 4 easy); `before` is the card before it, null for its first."""

    personal_data = REVIEW
    card = models.ForeignKey(ReviewCard, on_delete=models.CASCADE, related_name="logs")
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    rating = models.PositiveSmallIntegerField()
    at = models.DateTimeField(default=clock.now)
    before = models.JSONField(null=True)

    class Meta:
        verbose_name = _("rating of a review card")
        verbose_name_plural = _("ratings of review cards")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(rating__gte=1, rating__lte=4), name="review_rating_known"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["learner", "-id"], name="ratings_of_learner")]

    def __str__(self) -> str:
        return f"rating {self.rating} of card {self.card_id}"
