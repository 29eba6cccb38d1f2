"""Rubrics and marking guides of a course, in versions."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.enums import RubricKind
from courses.models import Course
from lms.kernel import clock
from lms.kernel.db.fields import PublicIdField, Stamped, Versioned
from lms.kernel.privacy import NOTHING_PERSONAL, PersonalData


class Rubric(Stamped, Versioned):
    """What work is judged by, through all its versions; reusable in its course.

    A `rubric` has levels with points under each criterion, a `guide` a maximum and notes for
    markers. A retired one stays with the work it judged and is offered no more.
    """

    personal_data = NOTHING_PERSONAL
    public_id = PublicIdField()
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="rubrics")
    kind = models.CharField(
        _("kind"), max_length=6, choices=RubricKind.choices, default=RubricKind.RUBRIC
    )
    title = models.CharField(_("title"), max_length=150)
    latest = models.ForeignKey(
        "RubricVersion", null=True, on_delete=models.PROTECT, related_name="+"
    )
    retired = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("rubric")
        ordering: ClassVar = ["title", "id"]

    def __str__(self) -> str:
        return self.title


class RubricVersion(models.Model):
    """What a rubric says at one time; `locked_at` is when it first judged work.

    `criteria` is a list of {id, title, description, points, note, levels}; see `scoring/rubric.py`.
    """

    personal_data = PersonalData(
        kind="content",
        purpose="Teaching material; names who wrote it.",
        retention="as long as the course's records",
        subject="created_by_id",
        erase="anonymise",
        blank=("created_by",),
    )
    rubric = models.ForeignKey(Rubric, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    criteria = models.JSONField(default=list)
    points = models.DecimalField(max_digits=9, decimal_places=4, default=0)
    locked_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["rubric", "number"], name="rubric_version_once"),
        ]

    def __str__(self) -> str:
        return f"rubric {self.rubric_id} v{self.number}"
