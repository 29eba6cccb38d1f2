"""A learner's running figures in a course, and how far the fold has read."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.models import Course
from lms.kernel.privacy import NOTHING_PERSONAL, PersonalData


class LearnerFeature(models.Model):
    """Sums over all events of one person in one course. Written by the fold alone.

    `score_sum` adds up the person's grades, each as a share of full marks, `scored` counts them; a
    decimal, so that a rebuild adds up to the same last digit.
    """

    personal_data = PersonalData(
        kind="activity",
        purpose="Shows learning patterns, and who may need help and why.",
        retention="as long as the events it is folded from, 25 months",
        subject="user_id",
        erase="delete",
    )
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    seconds = models.PositiveBigIntegerField(default=0)
    lessons_completed = models.PositiveIntegerField(default=0)
    active_days = models.PositiveIntegerField(default=0)
    attempts_started = models.PositiveIntegerField(default=0)
    attempts_submitted = models.PositiveIntegerField(default=0)
    score_sum = models.DecimalField(max_digits=12, decimal_places=6, default=0)
    scored = models.PositiveIntegerField(default=0)
    messages = models.PositiveIntegerField(default=0)
    last_seen = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("figures of a learner")
        verbose_name_plural = _("figures of learners")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["course", "user"], name="feature_once")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.course_id}"


class FoldState(models.Model):
    """How far a reader of the event table has come.

    Events are read by (`transaction_id`, `event_id`). `floor_id` is the last event that came with
    a restored copy of the database, where transaction ids had begun anew; rows up to it were read
    by their id.
    """

    personal_data = NOTHING_PERSONAL
    name = models.CharField(max_length=40, unique=True)
    transaction_id = models.BigIntegerField(default=0)
    event_id = models.BigIntegerField(default=0)
    floor_id = models.BigIntegerField(default=0)
    ran_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("reader of events")
        verbose_name_plural = _("readers of events")

    def __str__(self) -> str:
        return f"{self.name} at {self.transaction_id}/{self.event_id}"
