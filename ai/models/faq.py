"""Questions that a course's staff answered for everybody."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.models import Course, Lesson
from lms.kernel.db.fields import PublicIdField, Stamped
from lms.kernel.privacy import PersonalData


class Faq(Stamped):
    """A question and its answer in the words of staff; the tutor cites it.

    `lesson` is the lesson it is about: who does not see that does not see the entry.
    """

    personal_data = PersonalData(
        kind="content",
        purpose="Teaching material; names who wrote it.",
        retention="as long as the course",
        subject="created_by_id",
        erase="anonymise",
        blank=("created_by",),
    )
    public_id = PublicIdField()
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="ai_faqs")
    lesson = models.ForeignKey(Lesson, null=True, on_delete=models.CASCADE, related_name="+")
    question = models.CharField(_("question"), max_length=500)
    answer = models.TextField(_("answer"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("answered question")
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["course", "-id"], name="faq_of_course")]

    def __str__(self) -> str:
        return self.question[:80]
