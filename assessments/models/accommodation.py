"""Extra time, breaks and other dates that belong to a person."""

from typing import ClassVar

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from lms.kernel.db.fields import Stamped
from lms.kernel.privacy import PersonalData

LEAST, MOST = 1, 5
MAX_NOTE = 500
MAX_BREAK, MAX_DAYS, MAX_EARLY = 240, 60, 7 * 24 * 60


class Accommodation(Stamped):
    """What a person gets everywhere: `time_factor` times every time limit, and more.

    In each timed attempt they may stop the clock for `break_minutes`. Due and closing dates are
    `extra_days` later, opening dates `early_minutes` earlier for them.
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
    break_minutes = models.PositiveSmallIntegerField(_("break minutes"), default=0)
    extra_days = models.PositiveSmallIntegerField(_("extra days"), default=0)
    early_minutes = models.PositiveIntegerField(_("minutes earlier"), default=0)
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
            models.CheckConstraint(
                condition=models.Q(
                    break_minutes__lte=MAX_BREAK,
                    extra_days__lte=MAX_DAYS,
                    early_minutes__lte=MAX_EARLY,
                ),
                name="accommodation_sane",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.time_factor} times the time"
