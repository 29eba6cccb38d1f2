"""Every call to a provider, what it cost and how it ended."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ai.enums import CallOutcome, Purpose
from courses.models import Course
from lms.kernel import clock
from lms.kernel.models import Job
from lms.kernel.privacy import PersonalData


class AiCall(models.Model):
    """One call. Append-only; no text of courses, people or models is in it.

    `person` is on whose behalf the call was made, `actor_kind` through which door. References are
    emptied when what they point at goes, so that sums stay right.
    """

    personal_data = PersonalData(
        kind="activity",
        purpose="Shows what AI was used for and keeps to the daily budget.",
        retention="25 months",
        subject="person_id",
        erase="anonymise",
        blank=("person",),
    )
    actor_kind = models.CharField(max_length=12)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    course = models.ForeignKey(Course, null=True, on_delete=models.SET_NULL, related_name="+")
    job = models.ForeignKey(Job, null=True, on_delete=models.SET_NULL, related_name="+")
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices)
    provider = models.CharField(_("provider"), max_length=40)
    model = models.CharField(_("model"), max_length=120)
    prompt_version = models.CharField(max_length=40)
    tokens_in = models.PositiveIntegerField(default=0)
    tokens_out = models.PositiveIntegerField(default=0)
    milliseconds = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=1)
    outcome = models.CharField(_("outcome"), max_length=12, choices=CallOutcome.choices)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("AI call")
        indexes: ClassVar = [
            models.Index(fields=["person", "created_at"], name="ai_call_of_person"),
            models.Index(fields=["course", "created_at"], name="ai_call_of_course"),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.purpose}: {self.outcome}"
