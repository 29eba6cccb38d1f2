"""Input of reports by mail."""

from django import forms
from django.utils.translation import gettext_lazy as _

from analytics.enums import Attachment, Rhythm, Weekday


class ScheduleForm(forms.Form):
    """How often, when, and with which file."""

    every = forms.ChoiceField(label=_("How often"), choices=Rhythm.choices)
    weekday = forms.TypedChoiceField(label=_("Day"), choices=Weekday.choices, coerce=int)
    hour = forms.TypedChoiceField(
        label=_("Hour"),
        choices=[(hour, f"{hour:02}:00") for hour in range(24)],
        coerce=int,
        help_text=_("On the clock of your time zone."),
    )
    attach = forms.ChoiceField(
        label=_("File"), choices=[("", _("None")), *Attachment.choices], required=False
    )
