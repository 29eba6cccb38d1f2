"""When digests come, and when nothing may."""

from datetime import time
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.formats import time_format
from django.utils.translation import gettext_lazy as _

from realtime.models import NotificationTimes
from realtime.queries.times import days_of


def hours() -> list[tuple[str, str]]:
    """Every full hour as the reader's language writes it."""
    return [(str(hour), time_format(time(hour), "TIME_FORMAT")) for hour in range(24)]


def hours_or_never() -> list[tuple[str, str]]:
    """Every full hour, and none."""
    return [("", str(_("Never"))), *hours()]


def weekdays() -> list[tuple[str, str]]:
    """The days of the week from Monday."""
    return [(str(number), str(name)) for number, name in WEEKDAYS.items()]


class DigestForm(forms.Form):
    """The hour and the day of digests, and of the reminder of one's cards."""

    digest_hour = forms.TypedChoiceField(label=_("Hour of digests"), choices=hours, coerce=int)
    digest_day = forms.TypedChoiceField(
        label=_("Day of the weekly digest"), choices=weekdays, coerce=int
    )
    review_hour = forms.TypedChoiceField(
        label=_("Tell me of due cards at"),
        choices=hours_or_never,
        coerce=int,
        required=False,
        empty_value=None,
        help_text=_("On days on which cards of your review are due and you have not begun."),
    )

    @classmethod
    def of(cls, row: NotificationTimes) -> "DigestForm":
        """The form with somebody's present times."""
        names = ("digest_hour", "digest_day", "review_hour")
        return cls(initial={name: getattr(row, name) for name in names})


class QuietForm(forms.Form):
    """From when until when nothing comes by mail or push."""

    quiet_from = forms.TimeField(
        label=_("From"), required=False, widget=forms.TimeInput({"type": "time"}, "%H:%M")
    )
    quiet_until = forms.TimeField(
        label=_("Until"),
        required=False,
        widget=forms.TimeInput({"type": "time"}, "%H:%M"),
        help_text=_("Leave both empty to be reached at any time."),
    )
    quiet_days = forms.TypedMultipleChoiceField(
        label=_("Days on which it begins"),
        choices=weekdays,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    @classmethod
    def of(cls, row: NotificationTimes) -> "QuietForm":
        """The form with somebody's present quiet hours."""
        initial: dict[str, Any] = {
            "quiet_from": row.quiet_from,
            "quiet_until": row.quiet_until,
            "quiet_days": days_of(row.quiet_days),
        }
        return cls(initial=initial)
