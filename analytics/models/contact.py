"""What staff did about a learner who may need help."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.models import Course
from lms.kernel import clock
from lms.kernel.privacy import PersonalData


class HelpContact(models.Model):
    """Staff noted that they got in touch with a learner. No words: only that, who and when."""

    personal_data = PersonalData(
        kind="activity",
        purpose="Keeps staff from asking twice, and shows whether anybody acted.",
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
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        indexes: ClassVar = [
            models.Index(fields=["course", "learner", "-created_at"], name="contact_of_learner")
        ]

    def __str__(self) -> str:
        return f"contact with {self.learner_id} in {self.course_id}"
