"""What each person is told, and what they want to be told."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.models import Course
from lms.kernel import clock
from lms.kernel.db.fields import PublicIdField
from lms.kernel.privacy import PersonalData
from realtime.enums import NotificationKind


class Notification(models.Model):
    """One thing told to one person, once: `key` names the occasion and is unique per person.

    `args` are the names that the words need; `url` is a path of this site. A row with
    `in_app=False` exists for its mail alone.
    """

    personal_data = PersonalData(
        kind="activity",
        purpose="Tells the person what happened in their courses.",
        retention="one year",
        subject="user_id",
        erase="delete",
    )
    public_id = PublicIdField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications"
    )
    kind = models.CharField(_("kind"), max_length=20, choices=NotificationKind.choices)
    course = models.ForeignKey(Course, null=True, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    args = models.JSONField(default=dict)
    url = models.CharField(max_length=300, blank=True)
    in_app = models.BooleanField(default=True)
    mail = models.BooleanField(default=True)
    mailed_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "key"], name="notified_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "-id"], name="notification_of_user"),
            models.Index(
                fields=["user"],
                name="notification_unread",
                condition=models.Q(read_at=None, in_app=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"


class NotificationPreference(models.Model):
    """A person's switches for one kind; a missing row means both are on."""

    personal_data = PersonalData(
        kind="activity",
        purpose="Keeps to what the person wants to be told.",
        subject="user_id",
        erase="delete",
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notification_preferences"
    )
    kind = models.CharField(max_length=20, choices=NotificationKind.choices)
    in_app = models.BooleanField(default=True)
    mail = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "kind"], name="preference_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.user_id}: app {self.in_app}, mail {self.mail}"
