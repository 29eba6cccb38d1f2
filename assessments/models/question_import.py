"""Files of questions that came into a bank."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.enums import ExchangeFormat
from assessments.models.bank import QuestionBank
from lms.kernel.db.fields import PublicIdField, Stamped
from lms.kernel.privacy import PersonalData


class QuestionImport(Stamped):
    """One file, and what became of each of its questions.

    `report` is what `exchange.fidelity.stored` gives: a line for every question of the file, and
    notes about the whole. `undone` lists, once undone, the questions that stayed, with the reason.
    The questions that came point here; a counter by kind of fate stands in its own column.
    """

    personal_data = PersonalData(
        kind="content",
        purpose="Tells where questions came from; names who brought them.",
        retention="as long as the bank",
        subject="created_by_id",
        erase="anonymise",
        blank=("created_by",),
    )
    public_id = PublicIdField()
    bank = models.ForeignKey(QuestionBank, on_delete=models.CASCADE, related_name="imports")
    format = models.CharField(_("format"), max_length=12, choices=ExchangeFormat.choices)
    file_name = models.CharField(_("file"), max_length=150, blank=True)
    question_count = models.PositiveIntegerField(default=0, editable=False)
    lossy_count = models.PositiveIntegerField(default=0, editable=False)
    left_count = models.PositiveIntegerField(default=0, editable=False)
    report = models.JSONField(default=dict, editable=False)
    undone = models.JSONField(default=list, editable=False)
    undone_at = models.DateTimeField(null=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("import of questions")
        verbose_name_plural = _("imports of questions")
        indexes: ClassVar = [models.Index(fields=["bank", "-id"], name="question_import_list")]

    def __str__(self) -> str:
        return self.file_name or gettext("Pasted text")
