"""What a model suggests for a submission's rubric; no learner reads it and it is no mark."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.models import RubricVersion, Submission, SubmissionVersion
from lms.kernel.db.fields import PublicIdField, Stamped
from lms.kernel.privacy import PersonalData


class MarkDraft(Stamped):
    """One reading of a version by a rubric; a new reading of the same version replaces it.

    `criteria` holds for each criterion `{criterion, level, points, quote, start, end, reason,
    confidence}`; `start` and `end` count characters of the version's text, `points` is a decimal
    as text. It changes no mark: whoever marks reads it beside the rubric and decides alone.
    """

    personal_data = PersonalData(
        kind="assessment",
        purpose="Shows whoever marks what a model would say of a learner's work.",
        retention="as long as the course's records; its text until the learner's account is erased",
        subject="submission__learner_id",
        erase="anonymise",
        blank=("criteria",),
        export=False,  # no decision was taken by it, and what was decided is in the outcome
    )
    public_id = PublicIdField()
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="+")
    work = models.OneToOneField(SubmissionVersion, on_delete=models.CASCADE, related_name="+")
    rubric = models.ForeignKey(RubricVersion, on_delete=models.PROTECT, related_name="+")
    criteria = models.JSONField(default=list)
    provider = models.CharField(_("provider"), max_length=40)
    model = models.CharField(_("model"), max_length=120)
    prompt_version = models.CharField(max_length=40)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("draft of a mark")
        verbose_name_plural = _("drafts of marks")

    def __str__(self) -> str:
        return f"draft of a mark of submission {self.submission_id}"
