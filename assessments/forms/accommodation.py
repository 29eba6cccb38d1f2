"""Extra time of a person."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.models.accommodation import (
    LEAST,
    MAX_BREAK,
    MAX_DAYS,
    MAX_EARLY,
    MAX_NOTE,
    MOST,
)


class AccommodationForm(forms.Form):
    """Times the usual time, breaks, other dates."""

    time_factor = forms.DecimalField(
        label=_("Times the usual time"),
        min_value=LEAST,
        max_value=MOST,
        decimal_places=2,
        initial=1,
        widget=forms.NumberInput(attrs={"step": "0.05", "inputmode": "decimal"}),
        help_text=_("1.5 makes 90 minutes of an hour, 1 leaves the time as it is."),
    )
    break_minutes = forms.IntegerField(
        label=_("Minutes of breaks"),
        required=False,
        min_value=0,
        max_value=MAX_BREAK,
        help_text=_("So long may the person stop the clock in each attempt with a time limit."),
    )
    extra_days = forms.IntegerField(
        label=_("Extra days"),
        required=False,
        min_value=0,
        max_value=MAX_DAYS,
        help_text=_("Due and closing dates are so much later for the person."),
    )
    early_minutes = forms.IntegerField(
        label=_("Minutes earlier"),
        required=False,
        min_value=0,
        max_value=MAX_EARLY,
        help_text=_("Quizzes open so much earlier for the person."),
    )
    note = forms.CharField(
        label=_("Note for instructors"),
        max_length=MAX_NOTE,
        required=False,
        help_text=_("Write no more than others need. It is part of the person's own data export."),
    )

    def relief(self) -> dict[str, Any]:
        """What the service writes; an empty number is none."""
        return {name: value or 0 for name, value in self.cleaned_data.items() if name != "note"} | {
            "note": self.cleaned_data["note"]
        }
