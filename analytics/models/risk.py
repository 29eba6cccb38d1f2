"""The early warning: its models, what they said of learners, its switch, and objections to it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from analytics.enums import RiskModelKind, RiskModelState
from courses.models import Course
from lms.kernel import clock
from lms.kernel.db.fields import PublicIdField
from lms.kernel.privacy import NOTHING_PERSONAL, PersonalData

MAX_WORDS = 1000


class RiskModelVersion(models.Model):
    """A model learnt from this site's own ended courses; `body` is `RiskModel.as_json`.

    `window_from` and `window_to` are the first start and the last end of the courses it was learnt
    from, `days` the days of a course on which each learner was looked at. `held_out` has the
    measures on learners or courses that were held out, for itself (`own`, `by_course`) and for the
    model that was in use (`before`).
    """

    personal_data = NOTHING_PERSONAL
    public_id = PublicIdField()
    kind = models.CharField(max_length=10, choices=RiskModelKind.choices)
    state = models.CharField(max_length=10, choices=RiskModelState.choices)
    body = models.TextField()
    courses = models.PositiveIntegerField()
    learners = models.PositiveIntegerField()
    window_from = models.DateTimeField()
    window_to = models.DateTimeField()
    days = models.JSONField(default=list)
    held_out = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("risk model")
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["state"],
                condition=models.Q(state=RiskModelState.ACTIVE),
                name="one_risk_model_in_use",
            )
        ]

    def __str__(self) -> str:
        return f"risk model of {self.created_at:%Y-%m-%d}"


class EarlyWarning(models.Model):
    """Whether a course uses the early warning. One without a row does."""

    personal_data = NOTHING_PERSONAL
    course = models.OneToOneField(Course, on_delete=models.CASCADE, related_name="+")
    on = models.BooleanField(default=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("early warning of a course")
        verbose_name_plural = _("early warnings of courses")

    def __str__(self) -> str:
        return f"early warning of {self.course_id}"


class LearnerRisk(models.Model):
    """What was said of a learner in one week from its Monday (UTC), written anew every day.

    `chance` 0..1 of failing or leaving, null where too little is known (`told` then says what).
    `told` is `{"base", "rest", "reasons": [[theme, log-odds]], "figures": {name: number or null}}`,
    or `{"unknown"}`; base, reasons and rest add up to the log-odds. `model` is null for the model
    that comes with Cairn.
    """

    personal_data = PersonalData(
        kind="activity",
        purpose="Warns a course's staff early that a learner may fail or leave.",
        retention="as long as the course's records, at most 25 months",
        subject="learner_id",
        erase="delete",
    )
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    week = models.DateField()
    day = models.FloatField()
    chance = models.FloatField(null=True)
    told = models.JSONField(default=dict)
    model = models.ForeignKey(
        RiskModelVersion, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    told_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("risk of a learner")
        verbose_name_plural = _("risks of learners")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["course", "learner", "week"], name="one_risk_a_week"),
            models.CheckConstraint(
                condition=models.Q(chance=None) | models.Q(chance__gte=0, chance__lte=1),
                name="chance_is_a_share",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["course", "week"], name="risk_of_course")]

    def __str__(self) -> str:
        return f"risk of {self.learner_id} in {self.course_id} in the week of {self.week}"


class RiskObjection(models.Model):
    """A learner says that what the early warning says of them is wrong; staff answer."""

    personal_data = PersonalData(
        kind="content",
        purpose="Lets a learner contest what the early warning says of them.",
        subject="learner_id",
        erase="delete",
    )
    public_id = PublicIdField()
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    text = models.TextField(max_length=MAX_WORDS)
    created_at = models.DateTimeField(default=clock.now)
    answer = models.TextField(max_length=MAX_WORDS, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("objection to the early warning")
        verbose_name_plural = _("objections to the early warning")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["course", "learner"],
                condition=models.Q(answered_at=None),
                name="one_open_objection",
            )
        ]

    def __str__(self) -> str:
        return f"objection of {self.learner_id} in {self.course_id}"
