"""A course's report as a file that staff made for themselves."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from analytics.enums import ExportFormat
from courses.models import Course
from lms.kernel import clock
from lms.kernel.db.fields import PublicIdField
from lms.kernel.privacy import PersonalData


class ReportExport(models.Model):
    """The tables of a course in one file, gone at `expires_at`.

    `counts` is how many rows each table has, empty until the job has written the file.
    """

    personal_data = PersonalData(
        kind="activity",
        purpose="Lets staff of a course take its figures into other programs.",
        retention="two days; at once when anybody's account is erased",
        subject="made_by_id",
        erase="delete",
        # The file is about the learners of the course, not about who made it.
        export=False,
    )
    public_id = PublicIdField()
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    job_id = models.BigIntegerField(null=True)
    format = models.CharField(_("format"), max_length=7, choices=ExportFormat.choices)
    pseudonymous = models.BooleanField(_("without names"), default=False)
    file = models.FileField(upload_to="report-exports/", blank=True)
    size = models.PositiveBigIntegerField(default=0)
    counts = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name = _("export of a report")
        verbose_name_plural = _("exports of reports")
        indexes: ClassVar = [
            models.Index(fields=["course", "made_by", "-created_at"], name="export_of_person"),
            models.Index(fields=["expires_at"], name="export_by_end"),
        ]

    def __str__(self) -> str:
        return f"export {self.public_id}"

    @property
    def ready(self) -> bool:
        return bool(self.file)
