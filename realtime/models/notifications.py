"""What each person is told, and what they want to be told."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.models import Course
from lms.kernel import clock
from lms.kernel.db.fields import PublicIdField
from lms.kernel.privacy import PersonalData
from realtime.enums import Frequency, NotificationKind


class Notification(models.Model):
    """One thing told to one person, once: `key` names the occasion and is unique per person.

    `args` are the names that the words need, and `thread` where it belongs to a talk that is told
    of again and again, so that the list can keep that together; `url` is a path of this site. A row
    with `in_app=False` exists for its mail or push alone. `mail_due` is when its mail may leave,
    with whatever else waits by then; `letter` is the mail that told it.
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
    frequency = models.CharField(
        max_length=10,
        choices=Frequency.choices,
        default=Frequency.AT_ONCE,
        db_default=Frequency.AT_ONCE,
    )
    mail_due = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)
    letter = models.ForeignKey(
        "realtime.Letter", null=True, on_delete=models.SET_NULL, related_name="notifications"
    )
    push = models.BooleanField(default=False, db_default=False)
    pushed_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "key"], name="notified_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["user", "-created_at", "-id"], name="notification_newest"),
            models.Index(
                fields=["user"],
                name="notification_unread",
                condition=models.Q(read_at=None, in_app=True),
            ),
            models.Index(
                fields=["mail_due"],
                name="notification_mail_due",
                condition=models.Q(mail=True, mailed_at=None, read_at=None),
            ),
            models.Index(
                fields=["user"],
                name="notification_to_push",
                condition=models.Q(push=True, pushed_at=None, read_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.user_id}"


class NotificationPreference(models.Model):
    """A person's switches for one kind; a missing row means all are on and mail comes at once."""

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
    push = models.BooleanField(default=True, db_default=True)
    frequency = models.CharField(
        max_length=10,
        choices=Frequency.choices,
        default=Frequency.AT_ONCE,
        db_default=Frequency.AT_ONCE,
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "kind"], name="preference_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.user_id}: app {self.in_app}, mail {self.mail}"
