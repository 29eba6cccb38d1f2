"""What each worker says of its own sandbox."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.kernel.privacy import NOTHING_PERSONAL


class SandboxReport(models.Model):
    """The last word of one worker that takes code: empty `reason` when its sandbox holds.

    `worker` is its name and its machine. Old reports are believed no more and stay until the same
    worker reports again.
    """

    personal_data = NOTHING_PERSONAL
    worker = models.CharField(_("worker"), max_length=200, unique=True)
    reason = models.TextField(_("why it runs no code"), blank=True)
    at = models.DateTimeField(_("reported at"))

    class Meta:
        verbose_name = _("report of a sandbox")
        verbose_name_plural = _("reports of sandboxes")
        ordering: ClassVar = ["worker"]

    def __str__(self) -> str:
        return self.worker
