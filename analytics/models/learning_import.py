"""What was brought in from outside, so that it can be told apart and taken back."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.models import Course
from lms.kernel import clock
from lms.kernel.db.fields import PublicIdField
from lms.kernel.privacy import NOTHING_PERSONAL, PersonalData


class LearningImport(models.Model):
    """One import of outside learning: `done` acts of the source are written or refused.

    `fingerprint` is a hash of the source and how it is read: the same source is brought in once.
    `problems` holds the first lines that were refused.
    """

    personal_data = PersonalData(
        kind="activity",
        purpose="Says where imported learning comes from and who teaches its courses.",
        retention="as long as the imported courses",
        subject="teacher_id",
        erase="anonymise",
        blank=("teacher",),
    )
    public_id = PublicIdField()
    source = models.CharField(_("source"), max_length=200)
    fingerprint = models.CharField(max_length=64)
    teacher = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    done = models.PositiveIntegerField(default=0)
    events = models.PositiveIntegerField(default=0)
    grades = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    problems = models.JSONField(default=list)
    created_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("import of learning")
        verbose_name_plural = _("imports of learning")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["fingerprint"], condition=Q(undone_at=None), name="learning_imported_once"
            )
        ]

    def __str__(self) -> str:
        return f"import {self.public_id} of {self.source}"


class ImportedCourse(models.Model):
    """A course that an import made, under what its source calls it."""

    personal_data = NOTHING_PERSONAL
    learning_import = models.ForeignKey(
        LearningImport, on_delete=models.CASCADE, related_name="courses"
    )
    course = models.OneToOneField(Course, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=150)

    class Meta:
        verbose_name = _("imported course")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["learning_import", "key"], name="course_imported_once")
        ]

    def __str__(self) -> str:
        return self.key
