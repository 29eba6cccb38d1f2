"""Activity rolled up from events: per person and day, and per course and week."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.models import Course
from lms.kernel.privacy import NOTHING_PERSONAL, PersonalData


class DailyActivity(models.Model):
    """What one person did in one course on one day (UTC). Written by the fold alone."""

    personal_data = PersonalData(
        kind="activity",
        purpose="Shows engagement over time and who has stopped coming.",
        retention="as long as the events it is folded from, 25 months",
        subject="user_id",
        erase="delete",
    )
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    seconds = models.PositiveIntegerField(default=0)
    lessons_completed = models.PositiveIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    messages = models.PositiveIntegerField(default=0)
    events = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("daily activity")
        verbose_name_plural = _("daily activity")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["course", "user", "day"], name="activity_once_a_day")
        ]
        indexes: ClassVar = [models.Index(fields=["course", "day"], name="activity_of_course")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.course_id} on {self.day}"


class CourseWeek(models.Model):
    """A course's week, `week` its Monday (UTC): how many people were active and what they did."""

    personal_data = NOTHING_PERSONAL
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")
    week = models.DateField()
    people = models.PositiveIntegerField(default=0)
    seconds = models.PositiveBigIntegerField(default=0)
    lessons_completed = models.PositiveIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    messages = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("week of a course")
        verbose_name_plural = _("weeks of courses")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["course", "week"], name="course_week_once")
        ]

    def __str__(self) -> str:
        return f"{self.course_id} in the week of {self.week}"


class CourseHour(models.Model):
    """What was done in a course in one hour (UTC, its beginning). Written by the fold alone."""

    personal_data = NOTHING_PERSONAL
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")
    hour = models.DateTimeField()
    events = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("hour of a course")
        verbose_name_plural = _("hours of courses")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["course", "hour"], name="course_hour_once")
        ]

    def __str__(self) -> str:
        return f"{self.course_id} at {self.hour:%Y-%m-%d %H}"
