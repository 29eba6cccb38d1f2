"""Who agreed to talk to an AI, and where AI is off."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ai.enums import SwitchScope
from courses.models import Course
from lms.kernel import clock
from lms.kernel.privacy import NOTHING_PERSONAL, PersonalData


class AiConsent(models.Model):
    """Somebody agreed to the words of one version; kept after it was withdrawn, as proof."""

    personal_data = PersonalData(
        kind="activity",
        purpose="Proves that the person agreed to AI, or took it back.",
        subject="person_id",
        erase="delete",
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="ai_consents"
    )
    version = models.CharField(max_length=20)
    given_at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("agreement to AI")
        verbose_name_plural = _("agreements to AI")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "version"],
                condition=models.Q(withdrawn_at=None),
                name="ai_consent_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.version}"


class AiSwitch(models.Model):
    """AI is off here: on the whole site, in a course, or for a person. No row means on."""

    personal_data = PersonalData(
        kind="activity",
        purpose="Keeps AI away from the person.",
        subject="person_id",
        erase="delete",
    )
    scope = models.CharField(_("for"), max_length=8, choices=SwitchScope.choices)
    course = models.OneToOneField(
        Course, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    person = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="+",
    )
    by_admin = models.BooleanField(_("by an administrator"), default=False)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("AI off switch")
        verbose_name_plural = _("AI off switches")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["scope"], condition=models.Q(scope="site"), name="ai_switch_one_site"
            ),
            models.CheckConstraint(
                condition=(
                    models.Q(scope="site", course=None, person=None)
                    | models.Q(scope="course", course__isnull=False, person=None)
                    | models.Q(scope="person", course=None, person__isnull=False)
                ),
                name="ai_switch_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.course_id or self.person_id or ''}".strip()


class AiSite(models.Model):
    """What holds for AI on the whole site; one row at most, defaults without one."""

    personal_data = NOTHING_PERSONAL
    currency = models.CharField(_("currency of prices and budgets"), max_length=3, default="USD")
    ask_consent = models.BooleanField(_("learners agree before first use"), default=True)
    text_days = models.PositiveSmallIntegerField(
        _("days that sent texts are kept for their person"), default=30
    )
    cache_hours = models.PositiveSmallIntegerField(_("hours that answers are cached"), default=24)
    off_purposes = models.JSONField(_("what no model is asked for"), default=list, blank=True)

    class Meta:
        verbose_name = _("AI settings")
        verbose_name_plural = _("AI settings")

    def __str__(self) -> str:
        return str(_("AI settings"))


class AiCourse(models.Model):
    """What a course adds to the site's AI settings; no row means nothing.

    `off_purposes` are those of `Purpose` for which no model is asked there.
    """

    personal_data = NOTHING_PERSONAL
    course = models.OneToOneField(Course, on_delete=models.CASCADE, related_name="+")
    ask_consent = models.BooleanField(default=False)
    off_purposes = models.JSONField(default=list)

    class Meta:
        verbose_name = _("AI settings of a course")
        verbose_name_plural = _("AI settings of courses")

    def __str__(self) -> str:
        return f"{self.course_id}"
