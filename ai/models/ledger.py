"""Every call to a provider, what it cost and how it ended."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ai.enums import AiRole, CallOutcome, Purpose
from courses.models import Course
from lms.kernel import clock
from lms.kernel.db.fields import PublicIdField
from lms.kernel.models import Job
from lms.kernel.privacy import PersonalData


class AiCall(models.Model):
    """One call. Append-only; no text of courses, people or models is in it.

    `person` is on whose behalf the call was made, `actor_kind` through which door. References are
    emptied when what they point at goes, so that sums stay right. `cost` is tokens times the price
    of a million then: millionths of a minor unit, without rounding. `saved_…` is what a cached
    answer would have cost. `exact` is false where tokens are an estimate of ours.
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
    role = models.CharField(max_length=12, choices=AiRole.choices, blank=True)
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices)
    provider = models.CharField(_("provider"), max_length=40)
    model = models.CharField(_("model"), max_length=120)
    prompt_version = models.CharField(max_length=40)
    tokens_in = models.PositiveIntegerField(default=0)
    tokens_out = models.PositiveIntegerField(default=0)
    milliseconds = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=1)
    cost = models.BigIntegerField(default=0)
    saved_tokens = models.PositiveIntegerField(default=0)
    saved_cost = models.BigIntegerField(default=0)
    exact = models.BooleanField(default=True)
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


class CallText(models.Model):
    """What left with a call, as it left, and what came back: for the person it was about.

    Of a call that somebody else made about them it is their own words alone, and no answer.
    Kept for the days that the site's AI settings say. It has its own key, so that deleting it
    leaves the ledger as it was.
    """

    personal_data = PersonalData(
        kind="content",
        purpose="Shows the person what AI saw about them.",
        retention="30 days, or what the site's AI settings say",
        subject="person_id",
        erase="delete",
        withheld=("sent", "answer"),
        withheld_by="ai.queries.sight.withheld_texts",
    )
    public_id = PublicIdField()
    call = models.OneToOneField(AiCall, on_delete=models.CASCADE, related_name="text")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="ai_texts"
    )
    sent = models.TextField()
    answer = models.TextField(blank=True)
    hidden = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        verbose_name = _("text that AI saw")
        indexes: ClassVar = [models.Index(fields=["person", "-id"], name="ai_text_of_person")]

    def __str__(self) -> str:
        return f"{self.call_id} ({len(self.sent)})"
