"""Input of reports by mail."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from analytics.enums import Attachment, Rhythm, Weekday
from lms.kernel import clock


class ScheduleForm(forms.Form):
    """How often, when, and with which file."""

    every = forms.ChoiceField(label=_("How often"), choices=Rhythm.choices)
    weekday = forms.TypedChoiceField(label=_("Day"), choices=Weekday.choices, coerce=int)
    hour = forms.TypedChoiceField(
        label=_("Hour"),
        choices=[(hour, f"{hour:02}:00") for hour in range(24)],
        coerce=int,
    )
    attach = forms.ChoiceField(
        label=_("File"), choices=[("", _("None")), *Attachment.choices], required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = gettext("By the clock of %(zone)s.")
        zone = clock.zone_words(timezone.get_current_timezone())
        self.fields["hour"].help_text = words % {"zone": zone}
