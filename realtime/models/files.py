"""Files that come with messages."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.kernel import clock
from lms.kernel.db.fields import PublicIdField
from lms.kernel.privacy import PersonalData
from realtime.models.chat import Message
from realtime.models.direct import DirectMessage


class MessageFile(models.Model):
    """A private file of a message in a room or of a direct one; of none until it is sent.

    `content_type` is what its content told, `alt` what a picture shows in words. Pictures are
    drawn anew, so that nothing else travels in them.
    """

    personal_data = PersonalData(
        kind="content",
        purpose="A file that somebody sent with a message.",
        retention="as long as its message; 90 days after that was deleted; a day if never sent",
        subject="uploaded_by_id",
        erase="delete",
    )
    public_id = PublicIdField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    message = models.ForeignKey(Message, null=True, on_delete=models.CASCADE, related_name="files")
    direct = models.ForeignKey(
        DirectMessage, null=True, on_delete=models.CASCADE, related_name="files"
    )
    ordinal = models.PositiveSmallIntegerField(default=0)
    file = models.FileField(upload_to="messages/")
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    alt = models.CharField(_("what it shows"), max_length=300, blank=True)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering: ClassVar = ["ordinal", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(message=None) | models.Q(direct=None),
                name="file_of_one_message",
            )
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["created_at"],
                name="file_not_sent",
                condition=models.Q(message=None, direct=None),
            )
        ]

    def __str__(self) -> str:
        return f"file {self.public_id}"

    @property
    def is_picture(self) -> bool:
        """Whether a page shows it."""
        return self.content_type.startswith("image/")
