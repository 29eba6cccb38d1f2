"""What staff did about a learner who may need help."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from analytics.enums import SupportKind
from courses.models import Course
from lms.kernel import clock
from lms.kernel.privacy import PersonalData


class HelpContact(models.Model):
    """Staff noted what they did about a learner: what, who and when, and a line for colleagues.

    `chance` is what the early warning said then, null where it said nothing: the effect is followed
    from there.
    """

    personal_data = PersonalData(
        kind="activity",
        purpose="Keeps staff from asking twice, and shows what was done and what came of it.",
        subject="learner_id",
        erase="delete",
    )
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    contacted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    kind = models.CharField(
        _("what was done"),
        max_length=10,
        choices=SupportKind.choices,
        default=SupportKind.CONTACT,
    )
    note = models.CharField(_("note for colleagues"), max_length=300, blank=True)
    chance = models.FloatField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        indexes: ClassVar = [
            models.Index(fields=["course", "learner", "-created_at"], name="contact_of_learner")
        ]

    def __str__(self) -> str:
        return f"contact with {self.learner_id} in {self.course_id}"
