"""Extra time that belongs to a person."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.kernel.db.fields import Stamped
from lms.kernel.privacy import PersonalData

LEAST, MOST = 1, 5
MAX_NOTE = 500


class Accommodation(Stamped):
    """How much longer a person may take, everywhere: `time_factor` times every time limit.

    `note` is for staff: it may tell of a person's health.
    """

    personal_data = PersonalData(
        kind="health",
        purpose="Gives a person the time they need in timed work.",
        retention="until staff remove it or the account is erased",
        subject="person_id",
        erase="delete",
    )
    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="accommodation"
    )
    time_factor = models.DecimalField(
        _("time factor"),
        max_digits=3,
        decimal_places=2,
        validators=[MinValueValidator(LEAST), MaxValueValidator(MOST)],
    )
    note = models.CharField(_("note for staff"), max_length=MAX_NOTE, blank=True)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("accommodation")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(time_factor__gte=LEAST, time_factor__lte=MOST),
                name="time_factor_sane",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.time_factor} times the time"
