"""Extra time of a person."""

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.models.accommodation import LEAST, MAX_NOTE, MOST


class AccommodationForm(forms.Form):
    """How many times the usual time."""

    time_factor = forms.DecimalField(
        label=_("Times the usual time"),
        min_value=LEAST,
        max_value=MOST,
        decimal_places=2,
        widget=forms.NumberInput(attrs={"step": "0.05", "inputmode": "decimal"}),
        help_text=_("1.5 makes 90 minutes of an hour."),
    )
    note = forms.CharField(
        label=_("Note for instructors"),
        max_length=MAX_NOTE,
        required=False,
        help_text=_("Write no more than others need. It is part of the person's own data export."),
    )
