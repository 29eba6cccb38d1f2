"""Groups of learners inside a course."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.models.catalogue import Course
from lms.kernel import clock
from lms.kernel.db.fields import PublicIdField, Stamped, Versioned
from lms.kernel.privacy import NOTHING_PERSONAL, PersonalData

MAX_GROUP_NAME = 100


class LearnerGroup(Stamped, Versioned):
    """Some of a course's learners, for dates, work and grades of their own.

    A learner may be in several groups.
    """

    personal_data = NOTHING_PERSONAL
    public_id = PublicIdField()
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="learner_groups")
    name = models.CharField(_("name"), max_length=MAX_GROUP_NAME)

    class Meta:
        verbose_name = _("group of learners")
        verbose_name_plural = _("groups of learners")
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                "course", models.functions.Lower("name"), name="group_name_once_per_course"
            )
        ]

    def __str__(self) -> str:
        return self.name


class LearnerGroupMember(models.Model):
    """A learner in a group; who leaves the course stays listed here and counts no more."""

    personal_data = PersonalData(
        kind="activity",
        purpose="Membership in a group of learners.",
        subject="learner_id",
        erase="delete",
    )
    group = models.ForeignKey(LearnerGroup, on_delete=models.CASCADE, related_name="memberships")
    learner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="group_memberships"
    )
    joined_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("member of a group")
        verbose_name_plural = _("members of groups")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["group", "learner"], name="in_a_group_once")
        ]

    def __str__(self) -> str:
        return f"{self.learner_id} in group {self.group_id}"
