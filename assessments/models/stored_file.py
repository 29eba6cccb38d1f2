"""What every private file of a learner has, whatever it belongs to."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from lms.kernel import clock
from lms.kernel.db.fields import PublicIdField


class StoredFile(models.Model):
    """A private file: the concrete model adds `file`, kept under a generated name.

    `name` is what people see, `content_type` what its content told, `size` is in bytes.
    """

    public_id = PublicIdField()
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)
    file: ClassVar[models.FileField]

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"file {self.public_id}"
