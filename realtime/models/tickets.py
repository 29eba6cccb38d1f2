"""One-use tickets that open a socket where no cookie can."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from courses.models import Course
from lms.kernel import clock
from lms.kernel.privacy import PersonalData


class WsTicket(models.Model):
    """Kept as a SHA-256 digest; good for one socket within 30 seconds.

    `may_write` carries the scope of the token that asked for it. With `course` it opens that
    course's room alone, without it any socket that the person may open. It dies with the
    `credential` that asked for it, and with a change of the person's `stamp`.
    """

    personal_data = PersonalData(
        kind="security",
        purpose="Opens one socket for the person's program.",
        retention="one day",
        subject="user_id",
        erase="delete",
        export=False,
        hidden=("digest", "credential", "stamp"),
    )
    digest = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    course = models.ForeignKey(Course, null=True, on_delete=models.CASCADE, related_name="+")
    credential = models.CharField(max_length=80, blank=True)
    stamp = models.CharField(max_length=100, blank=True)
    may_write = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["user", "used_at"], name="ticket_of_user")]

    def __str__(self) -> str:
        return f"socket ticket of {self.user_id}"
