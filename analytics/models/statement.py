"""Acts of learning that a client tells of, in the shape of xAPI."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from analytics.enums import Verb
from courses.models import Course, Lesson
from lms.kernel import clock
from lms.kernel.privacy import PersonalData


class LearningStatement(models.Model):
    """Somebody did something in a course: actor, verb, object, result, context, time.

    `client_id` is the client's own id: what is sent twice is kept once. The object is the lesson,
    or the course without one; `part` names a place in it, such as a block or a video. `at` is when
    it happened, by the server's clock. `result` holds some of `success`, `completion`, `scaled`
    (-1 to 1), `progress` (0 to 1) and `seconds`; `context` some of `platform` and `session`.
    """

    personal_data = PersonalData(
        kind="activity",
        purpose="Shows what a learner did in an app beside these pages, and counts as activity.",
        retention="as long as the course's records",
        subject="learner_id",
        erase="delete",
    )
    client_id = models.UUIDField()
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="+")
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    verb = models.CharField(_("verb"), max_length=16, choices=Verb.choices)
    lesson = models.ForeignKey(Lesson, null=True, on_delete=models.SET_NULL, related_name="+")
    part = models.CharField(_("place in it"), max_length=100, blank=True)
    result = models.JSONField(default=dict)
    context = models.JSONField(default=dict)
    at = models.DateTimeField()
    stored_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("learning statement")
        verbose_name_plural = _("learning statements")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["learner", "client_id"], name="statement_kept_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["course", "learner", "-at"], name="statements_of_learner"),
        ]

    def __str__(self) -> str:
        return f"{self.learner_id} {self.verb} in {self.course_id}"
