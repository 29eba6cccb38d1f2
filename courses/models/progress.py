"""How far a learner is in one lesson."""

from typing import ClassVar

from django.db import models

from courses.enums import ProgressState
from courses.models.enrolment import Enrolment
from courses.models.lessons import Lesson
from lms.kernel import clock
from lms.kernel.privacy import PersonalData


class LessonProgress(models.Model):
    """One learner in one lesson.

    `seconds` spent as accepted by the server; `position` is where to resume: seconds of a video,
    or hundredths of the page read.
    """

    personal_data = PersonalData(
        kind="activity",
        purpose="Shows learners and staff what was done.",
        subject="enrolment__user_id",
        erase="delete",
    )
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="progress")
    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="progress")
    state = models.CharField(
        max_length=10, choices=ProgressState.choices, default=ProgressState.STARTED
    )
    seconds = models.PositiveIntegerField(default=0)
    position = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(default=clock.now)
    pinged_at = models.DateTimeField(default=clock.now)
    completed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "progress in lessons"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["enrolment", "lesson"], name="progress_once")
        ]
        indexes: ClassVar = [models.Index(fields=["lesson", "state"], name="progress_of_lesson")]

    def __str__(self) -> str:
        return f"{self.enrolment_id} in lesson {self.lesson_id}: {self.state}"
