"""Generated questions on their way to a person's decision."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from ai.enums import Bloom, Difficulty, DraftState, QuestionKind
from ai.models.suggestion import Suggestion
from assessments.models import LearningOutcome, Question


class Draft(Suggestion):
    """One generated question.

    `content` is the question in plain text, see `services.drafting`; `evidence` the sentences that
    prove the answer; `source` says where they stand: lesson, version, title, passage, blocks with
    their hashes.
    """

    kind = models.CharField(_("kind"), max_length=16, choices=QuestionKind.choices)
    difficulty = models.CharField(_("difficulty"), max_length=8, choices=Difficulty.choices)
    bloom = models.CharField(_("asks to"), max_length=10, choices=Bloom.choices, blank=True)
    outcome = models.ForeignKey(
        LearningOutcome, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    content = models.JSONField()
    evidence = models.JSONField(default=list)
    checks = models.JSONField(default=list)
    edited = models.BooleanField(_("edited"), default=False)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    question = models.ForeignKey(Question, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        verbose_name = _("generated question")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["job", "ordinal"], name="draft_once_per_job"),
            models.CheckConstraint(
                condition=models.Q(state=DraftState.DRAFT) | models.Q(decided_at__isnull=False),
                name="draft_decided_at_a_time",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["course", "state", "-id"], name="draft_queue"),
            models.Index(fields=["created_by", "-id"], name="draft_of_person"),
        ]

    def __str__(self) -> str:
        return str(self.content.get("stem", ""))[:80]
