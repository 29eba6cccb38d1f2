"""Grades and every change of them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.models.attempt import Attempt
from assessments.models.quiz import Quiz
from courses.models import Course
from lms.kernel import clock
from lms.kernel.db.fields import PublicIdField, Stamped
from lms.kernel.privacy import NOTHING_PERSONAL, PersonalData


class GradeItem(Stamped):
    """A column of the gradebook; for now each is a quiz. Its title is the lesson's."""

    personal_data = NOTHING_PERSONAL
    public_id = PublicIdField()
    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="grade_items")
    quiz = models.OneToOneField(Quiz, on_delete=models.PROTECT, related_name="grade_item")

    class Meta:
        verbose_name = _("grade item")

    def __str__(self) -> str:
        return f"grade item {self.public_id}"


class Grade(Stamped):
    """A learner's grade in an item, from the attempt that counts. Seen by them once `released`."""

    personal_data = PersonalData(
        kind="assessment",
        purpose="The result a learner earned.",
        retention="as long as the course's records",
        subject="learner_id",
        erase="keep",
    )
    public_id = PublicIdField()
    item = models.ForeignKey(GradeItem, on_delete=models.PROTECT, related_name="grades")
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="grades"
    )
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="+")
    score = models.DecimalField(max_digits=9, decimal_places=4)
    max_score = models.DecimalField(max_digits=9, decimal_places=4)
    released = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("grade")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "learner"], name="one_grade_per_item"),
            models.CheckConstraint(
                condition=models.Q(score__gte=0, score__lte=models.F("max_score")),
                name="grade_within_bounds",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["learner", "item"], name="grade_of_learner")]

    def __str__(self) -> str:
        return f"grade {self.public_id}"


class GradeChange(models.Model):
    """A grade before and after: never changed, never removed (D3, a trigger guards it).

    `before` is null for the first score. `actor` is null when the quiz scored itself.
    """

    personal_data = PersonalData(
        kind="assessment",
        purpose="Proves how a grade came about.",
        retention="as long as the course's records; the reason until the account is erased",
        subject="grade__learner_id",
        erase="anonymise",
        blank=("reason",),
    )
    grade = models.ForeignKey(Grade, on_delete=models.PROTECT, related_name="changes")
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="+")
    before = models.DecimalField(max_digits=9, decimal_places=4, null=True)
    after = models.DecimalField(max_digits=9, decimal_places=4)
    reason = models.CharField(max_length=500, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("change of a grade")

    def __str__(self) -> str:
        return f"{self.before} to {self.after}"
