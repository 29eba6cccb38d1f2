"""What the teachers of a course tell everybody."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.models import Course
from lms.kernel import clock
from lms.kernel.db.fields import PublicIdField
from lms.kernel.privacy import PersonalData


class Announcement(models.Model):
    """What went out by mail once; an edit changes what the site shows, deleting hides it.

    `edited_by_other` tells that its last edit was not its author's: nobody is to be taken for
    the author of words that a colleague put there.
    """

    personal_data = PersonalData(
        kind="content",
        purpose="Tells the members of a course; names who wrote it.",
        retention="as long as the course",
        subject="author_id",
        erase="anonymise",
        blank=("author",),
    )
    public_id = PublicIdField()
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="announcements")
    title = models.CharField(_("title"), max_length=150)
    body = models.TextField(_("text"))
    html = models.TextField(editable=False)
    pipeline_version = models.CharField(max_length=12, blank=True, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    published_at = models.DateTimeField(default=clock.now)
    edited_at = models.DateTimeField(null=True, editable=False)
    edited_by_other = models.BooleanField(default=False, db_default=False, editable=False)
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)
    deleted_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("announcement")
        ordering: ClassVar = ["-published_at", "-id"]
        indexes: ClassVar = [
            models.Index(fields=["course", "-published_at"], name="announcement_of_course")
        ]

    def __str__(self) -> str:
        return self.title
