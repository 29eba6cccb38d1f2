"""What is suggested for a learner's work; no learner reads it and it is no mark."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.models import AttemptQuestion, RubricVersion, Submission, SubmissionVersion
from lms.kernel.db.fields import PublicIdField, Stamped
from lms.kernel.privacy import PersonalData


class MarkSuggestion(Stamped):
    """What drafts of marks share: what they say, who said it, who asked.

    `criteria` holds for each criterion `{criterion, level, points, quote, start, end, reason,
    confidence}`; `start` and `end` count characters of the work's text, `points` is a decimal as
    text. It changes no mark: whoever marks reads it beside the work and decides alone.
    """

    public_id = PublicIdField()
    criteria = models.JSONField(default=list)
    provider = models.CharField(_("provider"), max_length=40)
    model = models.CharField(_("model"), max_length=120)
    prompt_version = models.CharField(max_length=40)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        abstract = True


class MarkDraft(MarkSuggestion):
    """One reading of a version by a rubric; a new reading of the same version replaces it."""

    personal_data = PersonalData(
        kind="assessment",
        purpose="Shows whoever marks what a model would say of a learner's work.",
        retention="as long as the course's records; its text until the learner's account is erased",
        subject="submission__learner_id",
        erase="anonymise",
        blank=("criteria",),
        export=False,  # no decision was taken by it, and what was decided is in the outcome
    )
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="+")
    work = models.OneToOneField(SubmissionVersion, on_delete=models.CASCADE, related_name="+")
    rubric = models.ForeignKey(RubricVersion, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("draft of a mark")
        verbose_name_plural = _("drafts of marks")

    def __str__(self) -> str:
        return f"draft of a mark of submission {self.submission_id}"


class AnswerDraft(MarkSuggestion):
    """A short answer of a quiz compared with its accepted answers; one entry in `criteria`."""

    personal_data = PersonalData(
        kind="assessment",
        purpose="Shows whoever marks how like a short answer is to the accepted ones.",
        retention="as long as the course's records; its text until the learner's account is erased",
        subject="answer__attempt__learner_id",
        erase="anonymise",
        blank=("criteria",),
        export=False,  # no decision was taken by it, and what was decided is in the attempt
    )
    answer = models.OneToOneField(AttemptQuestion, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("draft of a mark of a short answer")
        verbose_name_plural = _("drafts of marks of short answers")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"draft of a mark of answer {self.answer_id}"
