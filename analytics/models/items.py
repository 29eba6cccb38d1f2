"""How the questions of a quiz worked, as counted last."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.models import QuestionVersion, Quiz
from lms.kernel import clock
from lms.kernel.privacy import NOTHING_PERSONAL


class QuizAnalysis(models.Model):
    """A quiz as counted at `counted_at`, null before the first count.

    `changed_at` is when attempts or scores last changed. `n` learners, each with the first attempt
    handed in; `mean` and `deviation` of their scores as shares of full marks; alpha and KR-20 over
    the `alpha_n` who were asked the same questions. `reasons` holds a
    `scoring.item_analysis.Reason` for each figure that is null. `latent` is
    `scoring.latent.report.latent_report` of the model with the lower BIC, its items named by the
    key of their version; null before it was counted.
    """

    personal_data = NOTHING_PERSONAL
    quiz = models.OneToOneField(Quiz, on_delete=models.CASCADE, related_name="+")
    counted_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(default=clock.now)
    n = models.PositiveIntegerField(default=0)
    alpha_n = models.PositiveIntegerField(default=0)
    mean = models.FloatField(null=True)
    deviation = models.FloatField(null=True)
    alpha = models.FloatField(null=True)
    kr20 = models.FloatField(null=True)
    reasons = models.JSONField(default=dict)
    latent = models.JSONField(null=True)

    class Meta:
        verbose_name = _("item analysis of a quiz")
        verbose_name_plural = _("item analyses of quizzes")
        indexes: ClassVar = [
            models.Index(
                fields=["counted_at"],
                name="analysis_stale",
                condition=models.Q(counted_at=None)
                | models.Q(changed_at__gt=models.F("counted_at")),
            )
        ]

    def __str__(self) -> str:
        return f"item analysis of quiz {self.quiz_id}"

    @property
    def stale(self) -> bool:
        """Whether something changed since the count."""
        return self.counted_at is None or self.changed_at > self.counted_at


class ItemStatistics(models.Model):
    """One version of a question in one quiz: shown to `n` learners, answered by `answered`.

    `facility` is the mean share of its points; the others are as in `scoring.item_analysis`.
    `options`: [{id, count, mean, upper, lower}], the empty id for no answer. `flags` holds
    `scoring.item_analysis.Flag` words.
    """

    personal_data = NOTHING_PERSONAL
    analysis = models.ForeignKey(QuizAnalysis, on_delete=models.CASCADE, related_name="items")
    version = models.ForeignKey(QuestionVersion, on_delete=models.CASCADE, related_name="+")
    ordinal = models.PositiveIntegerField()
    n = models.PositiveIntegerField()
    answered = models.PositiveIntegerField()
    facility = models.FloatField(null=True)
    item_total = models.FloatField(null=True)
    corrected = models.FloatField(null=True)
    alpha_if_deleted = models.FloatField(null=True)
    discrimination = models.FloatField(null=True)
    options = models.JSONField(default=list)
    flags = models.JSONField(default=list)
    reasons = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("item statistics")
        verbose_name_plural = _("item statistics")
        ordering: ClassVar = ["ordinal", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["analysis", "version"], name="statistics_once"),
            models.CheckConstraint(
                condition=models.Q(answered__lte=models.F("n")), name="answered_are_shown"
            ),
        ]

    def __str__(self) -> str:
        return f"statistics of version {self.version_id} in analysis {self.analysis_id}"
