"""The institution at a glance, counted by workers: its days, and each course in one row."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.models import Course
from lms.kernel.privacy import NOTHING_PERSONAL


class InstitutionDay(models.Model):
    """One day (UTC): people active on it and in the seven days up to it, who came, who finished."""

    personal_data = NOTHING_PERSONAL
    day = models.DateField(unique=True)
    active = models.PositiveIntegerField(default=0)
    active_week = models.PositiveIntegerField(default=0)
    enrolments = models.PositiveIntegerField(default=0)
    completions = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("day of the institution")
        verbose_name_plural = _("days of the institution")

    def __str__(self) -> str:
        return f"{self.day}"


class CourseGlance(models.Model):
    """A published course as counted at `counted_at`: counts of people alone.

    `need_help` by the fixed rule, `warned` at a raised or high risk by the early warning.
    """

    personal_data = NOTHING_PERSONAL
    course = models.OneToOneField(Course, on_delete=models.CASCADE, related_name="+")
    learners = models.PositiveIntegerField(default=0)
    active = models.PositiveIntegerField(default=0)
    completed = models.PositiveIntegerField(default=0)
    completion = models.FloatField(default=0.0)
    need_help = models.PositiveIntegerField(default=0)
    warned = models.PositiveIntegerField(default=0)
    counted_at = models.DateTimeField()

    class Meta:
        verbose_name = _("course at a glance")
        verbose_name_plural = _("courses at a glance")
        indexes: ClassVar = [
            models.Index(fields=["-learners", "id"], name="glance_by_learners"),
            models.Index(fields=["counted_at"], name="glance_by_age"),
        ]

    def __str__(self) -> str:
        return f"glance of {self.course_id}"
