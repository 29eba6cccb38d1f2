"""With whom a bank is shared, and changes of many questions at once."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from assessments.enums import BulkVerb, ShareLevel
from assessments.models.bank import QuestionBank
from courses.models import Course
from lms.kernel import clock
from lms.kernel.db.fields import PublicIdField, Stamped
from lms.kernel.privacy import PersonalData


class BankShare(Stamped):
    """A bank lent to a course, whose staff it is for, or to one person.

    Reading is to use its questions in quizzes and to copy them, writing to change them as well.
    """

    personal_data = PersonalData(
        kind="activity",
        purpose="Lets a colleague read or change the questions of a bank.",
        subject="person_id",
        erase="delete",
    )
    public_id = PublicIdField()
    bank = models.ForeignKey(QuestionBank, on_delete=models.CASCADE, related_name="shares")
    course = models.ForeignKey(
        Course, null=True, on_delete=models.CASCADE, related_name="shared_banks"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+"
    )
    level = models.CharField(
        _("may"), max_length=5, choices=ShareLevel.choices, default=ShareLevel.READ
    )

    class Meta:
        verbose_name = _("share of a bank")
        verbose_name_plural = _("shares of banks")
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(course__isnull=False, person=None)
                | Q(course=None, person__isnull=False),
                name="shared_with_one",
            ),
            models.UniqueConstraint(
                fields=["bank", "course"],
                condition=Q(course__isnull=False),
                name="shared_once_with_course",
            ),
            models.UniqueConstraint(
                fields=["bank", "person"],
                condition=Q(person__isnull=False),
                name="shared_once_with_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.level} share of bank {self.bank_id}"

    @property
    def holder(self) -> str:
        """Whom it is lent to; course and person should have been read."""
        return self.course.title if self.course else str(self.person and self.person.display_name)


class BulkEdit(models.Model):
    """A change of many questions at once, kept so that it can be taken back.

    `before` maps the key of each changed question, as text, to what it was and to its version
    after the change: `{"version": n, ...}`. Copies that were made have nothing but the version.
    """

    personal_data = PersonalData(
        kind="activity",
        purpose="Lets who changed many questions at once take it back.",
        retention="a week, or until the account is erased",
        subject="made_by_id",
        erase="delete",
        hidden=("before",),
    )
    public_id = PublicIdField()
    bank = models.ForeignKey(QuestionBank, on_delete=models.CASCADE, related_name="bulk_edits")
    verb = models.CharField(max_length=10, choices=BulkVerb.choices)
    before = models.JSONField(default=dict)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+"
    )
    at = models.DateTimeField(default=clock.now)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("change of many questions")
        verbose_name_plural = _("changes of many questions")
        indexes: ClassVar = [models.Index(fields=["at"], name="bulk_edit_by_time")]

    def __str__(self) -> str:
        return f"{self.verb} in bank {self.bank_id}"
