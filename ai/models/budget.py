"""Caps on tokens and money, what was used of them, and what is held by calls under way."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ai.enums import AiRole, BudgetScope, Period, Purpose
from courses.models import Course
from lms.kernel import clock
from lms.kernel.models import Job
from lms.kernel.privacy import NOTHING_PERSONAL, PersonalData


class Budget(models.Model):
    """A hard cap. Without a course or person it holds for each of them; empty means no cap.

    `tokens` are those in and out together, `money` minor units of the site's currency.
    """

    personal_data = PersonalData(
        kind="activity",
        purpose="Limits what one person may spend on AI.",
        subject="person_id",
        erase="delete",
    )
    scope = models.CharField(_("for"), max_length=8, choices=BudgetScope.choices)
    period = models.CharField(_("per"), max_length=5, choices=Period.choices)
    role = models.CharField(_("role"), max_length=12, choices=AiRole.choices, blank=True)
    course = models.ForeignKey(
        Course, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
    )
    tokens = models.PositiveBigIntegerField(_("tokens"), null=True, blank=True)
    money = models.PositiveBigIntegerField(_("money in minor units"), null=True, blank=True)

    class Meta:
        verbose_name = _("AI budget")

    def __str__(self) -> str:
        return f"{self.scope} / {self.period}"


class Window(models.Model):
    """What one scope has used in one day or month (UTC), held by running calls included.

    `key` is scope and whom it counts, such as "person:5". `cost` is in millionths of a minor unit.
    `told` is the highest share in percent that somebody was told of.
    """

    personal_data = PersonalData(
        kind="activity",
        purpose="Sums that budgets are held against.",
        retention="25 months",
        subject="person_id",
        erase="delete",
    )
    key = models.CharField(max_length=40)
    period = models.CharField(max_length=5, choices=Period.choices)
    starts = models.DateField()
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+"
    )
    course = models.ForeignKey(Course, null=True, on_delete=models.CASCADE, related_name="+")
    tokens = models.BigIntegerField(default=0)
    cost = models.BigIntegerField(default=0)
    told = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("used AI budget")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "period", "starts"], name="ai_window_once")
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.starts}"


class Reservation(models.Model):
    """What a running call may cost at most; gone when it is settled.

    `windows` are the ids of the windows that hold it, in the order in which they are locked.
    `seen_in` and `seen_out` are the tokens known so far: what a call is charged when its process
    ends before settling.
    """

    personal_data = PersonalData(
        kind="activity",
        purpose="Holds budget for a call that is under way.",
        retention="minutes",
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
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    provider = models.CharField(max_length=40)
    model = models.CharField(max_length=120)
    prompt_version = models.CharField(max_length=40)
    windows = models.JSONField()
    per_million_in = models.PositiveIntegerField(default=0)
    per_million_out = models.PositiveIntegerField(default=0)
    tokens = models.BigIntegerField()
    cost = models.BigIntegerField()
    seen_in = models.PositiveIntegerField(default=0)
    seen_out = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("held AI budget")

    def __str__(self) -> str:
        return f"{self.tokens} tokens of {self.provider}"


class CachedAnswer(models.Model):
    """An answer that the same question of the same scope gets again without a call.

    `digest` is over provider, model, parameters, prompt version, schema and redacted words, and
    over who may share it: the members of one course with one role, or one person.
    """

    personal_data = NOTHING_PERSONAL
    digest = models.CharField(max_length=64, unique=True)
    course = models.ForeignKey(Course, null=True, on_delete=models.CASCADE, related_name="+")
    reply = models.TextField()
    tokens_in = models.PositiveIntegerField()
    tokens_out = models.PositiveIntegerField()
    cost = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        verbose_name = _("cached AI answer")

    def __str__(self) -> str:
        return self.digest[:12]
