"""Reports of a course that somebody gets by mail."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from analytics.enums import Attachment, Rhythm, Weekday
from courses.models import Course
from lms.kernel import clock
from lms.kernel.db.fields import PublicIdField
from lms.kernel.privacy import PersonalData


class ReportSchedule(models.Model):
    """When somebody gets the report of a course by mail; `weekday` and `hour` are on their clock.

    `next_at` is when it is due; it moves on in the transaction that claims a mail, so that none is
    sent twice. `on` is off when they stopped it or no longer staff the course.
    """

    personal_data = PersonalData(
        kind="activity",
        purpose="Mails staff the report of their course when they asked for it.",
        subject="user_id",
        erase="delete",
    )
    public_id = PublicIdField()
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    every = models.CharField(_("how often"), max_length=7, choices=Rhythm.choices)
    weekday = models.PositiveSmallIntegerField(_("day"), choices=Weekday.choices)
    hour = models.PositiveSmallIntegerField(_("hour"))
    attach = models.CharField(_("file"), max_length=7, choices=Attachment.choices, blank=True)
    on = models.BooleanField(default=True)
    next_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("report by mail")
        verbose_name_plural = _("reports by mail")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["course", "user"], name="one_report_by_mail"),
            models.CheckConstraint(
                condition=models.Q(weekday__lte=6, hour__lte=23), name="report_on_a_clock"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["next_at"], name="report_due", condition=models.Q(on=True))
        ]

    def __str__(self) -> str:
        return f"report of {self.course_id} for {self.user_id}"
