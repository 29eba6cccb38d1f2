"""Audits of the early warning by groups of people: what was brought for one, and what it found."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from analytics.models.risk import RiskModelVersion
from lms.kernel import clock
from lms.kernel.db.fields import PublicIdField
from lms.kernel.privacy import NOTHING_PERSONAL, PersonalData


class AuditTable(models.Model):
    """Attributes of people that an administrator brought for one audit; gone with its report.

    `unknown` is how many rows named nobody here.
    """

    personal_data = PersonalData(
        kind="activity",
        purpose="Tells who brought attributes of people for an audit, and when they are deleted.",
        retention="until its report is made, at most 30 days",
        subject="uploaded_by_id",
        erase="anonymise",
        blank=("uploaded_by_id",),
    )
    public_id = PublicIdField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)
    delete_at = models.DateTimeField()
    unknown = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("attributes for an audit")
        verbose_name_plural = _("attributes for audits")

    def __str__(self) -> str:
        return f"audit table {self.public_id}"


class AuditValue(models.Model):
    """An attribute of one person, for the audit alone: no figure of any model reads this table."""

    personal_data = PersonalData(
        kind="sensitive",
        purpose="Shows whether the early warning serves groups of people alike; nothing else.",
        retention="until the report of its audit is made, at most 30 days",
        subject="user_id",
        erase="delete",
    )
    table = models.ForeignKey(AuditTable, on_delete=models.CASCADE, related_name="values")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    attribute = models.CharField(max_length=40)
    value = models.CharField(max_length=60)

    class Meta:
        verbose_name = _("attribute of a person")
        verbose_name_plural = _("attributes of people")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["table", "user", "attribute"], name="audited_once")
        ]

    def __str__(self) -> str:
        return f"attribute {self.pk}"


class FairnessReport(models.Model):
    """What an audit found of one model; `model` is null for the one that comes with Cairn.

    `body` is `scoring.risk.fairness.fairness`, groups of fewer than thirty people hidden; `reason`
    says why there is none.
    """

    personal_data = NOTHING_PERSONAL
    public_id = PublicIdField()
    model = models.ForeignKey(
        RiskModelVersion, null=True, on_delete=models.CASCADE, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)
    n = models.PositiveIntegerField(default=0)
    courses = models.PositiveIntegerField(default=0)
    body = models.JSONField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        verbose_name = _("fairness of a risk model")
        verbose_name_plural = _("fairness of risk models")
        ordering: ClassVar = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"fairness at {self.created_at:%Y-%m-%d}"
