"""Other dates for a learner or for a group of learners."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.models.assignment import Assignment
from assessments.models.quiz import Quiz
from courses.models import LearnerGroup
from lms.kernel.db.fields import PublicIdField, Stamped
from lms.kernel.privacy import PersonalData


class DateOverride(Stamped):
    """Other dates of a quiz or an assignment for one person or one group.

    Null leaves what holds otherwise. Who wins is said by `scoring.dates.effective_dates`. A quiz
    has a time limit and attempts beside its dates; an assignment that peers review has
    `reviews_due_at` and `appeal_until`, and `closes_at` is until when its work is accepted.
    """

    personal_data = PersonalData(
        kind="assessment",
        purpose="Gives a learner other dates than everybody in a piece of work.",
        retention="as long as the course's records",
        subject="person_id",
        erase="delete",
    )
    public_id = PublicIdField()
    quiz = models.ForeignKey(
        Quiz, null=True, on_delete=models.CASCADE, related_name="date_overrides"
    )
    assignment = models.ForeignKey(
        Assignment, null=True, on_delete=models.CASCADE, related_name="date_overrides"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.CASCADE,
        related_name="date_overrides",
    )
    group = models.ForeignKey(
        LearnerGroup, null=True, on_delete=models.CASCADE, related_name="date_overrides"
    )
    opens_at = models.DateTimeField(_("opens"), null=True)
    due_at = models.DateTimeField(_("due"), null=True)
    closes_at = models.DateTimeField(_("closes"), null=True)
    time_limit_seconds = models.PositiveIntegerField(_("time limit in seconds"), null=True)
    attempts_allowed = models.PositiveSmallIntegerField(_("attempts allowed"), null=True)
    reviews_due_at = models.DateTimeField(_("reviews due"), null=True)
    appeal_until = models.DateTimeField(_("objections until"), null=True)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("override of dates")
        verbose_name_plural = _("overrides of dates")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(quiz=None, assignment__isnull=False)
                | Q(quiz__isnull=False, assignment=None),
                name="override_of_one_work",
            ),
            models.CheckConstraint(
                condition=Q(assignment=None, reviews_due_at=None, appeal_until=None)
                | Q(quiz=None, time_limit_seconds=None, attempts_allowed=None),
                name="override_fits_its_work",
            ),
            models.CheckConstraint(
                condition=Q(person=None, group__isnull=False) | Q(person__isnull=False, group=None),
                name="override_for_person_or_group",
            ),
            models.UniqueConstraint(fields=["quiz", "person"], name="override_once_per_person"),
            models.UniqueConstraint(fields=["quiz", "group"], name="override_once_per_group"),
            models.UniqueConstraint(
                fields=["assignment", "person"], name="assignment_override_once_per_person"
            ),
            models.UniqueConstraint(
                fields=["assignment", "group"], name="assignment_override_once_per_group"
            ),
        ]

    @property
    def work(self) -> Quiz | Assignment | None:
        """What has other dates here."""
        return self.quiz or self.assignment

    def __str__(self) -> str:
        return f"override {self.public_id}"
