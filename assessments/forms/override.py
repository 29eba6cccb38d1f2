"""Other dates for a learner or a group."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.models import DateOverride
from assessments.scoring.dates import Change
from assessments.services.quiz_settings import MAX_ATTEMPTS, MAX_SECONDS
from courses.forms.course import LocalTime

SECONDS_A_MINUTE = 60
BESIDE = ("minutes", "attempts_allowed", "reviews_due_at", "appeal_until")


class OverrideForm(forms.Form):
    """Whose, and what is different; empty is as for everybody. `whose` is kind:id."""

    whose = forms.ChoiceField(label=_("For"))
    opens_at = forms.DateTimeField(label=_("Opens"), required=False, widget=LocalTime())
    due_at = forms.DateTimeField(label=_("Due"), required=False, widget=LocalTime())
    closes_at = forms.DateTimeField(label=_("Closes"), required=False, widget=LocalTime())
    minutes = forms.DecimalField(
        label=_("Time limit in minutes"),
        required=False,
        min_value=0,
        max_value=MAX_SECONDS // SECONDS_A_MINUTE,
        decimal_places=2,
    )
    attempts_allowed = forms.IntegerField(
        label=_("Attempts"), required=False, min_value=1, max_value=MAX_ATTEMPTS
    )

    reviews_due_at = forms.DateTimeField(label=_("Reviews due"), required=False, widget=LocalTime())
    appeal_until = forms.DateTimeField(
        label=_("Objections until"), required=False, widget=LocalTime()
    )

    def __init__(
        self,
        *args: Any,
        choices: list[tuple[str, Any]],
        fields: tuple[str, ...],
        **kwargs: Any,
    ) -> None:
        """`fields` are those beside the dates that the work has."""
        super().__init__(*args, **kwargs)
        self.fields["whose"].choices = choices  # type: ignore[attr-defined]
        for name in BESIDE:
            if name not in fields:
                del self.fields[name]
        if "minutes" not in fields:
            self.fields["closes_at"].label = _("Accepted until")

    @staticmethod
    def initial_of(row: DateOverride, whose: str) -> dict[str, Any]:
        """What the form shows of an override."""
        seconds = row.time_limit_seconds
        return {
            "whose": whose,
            "opens_at": row.opens_at,
            "due_at": row.due_at,
            "closes_at": row.closes_at,
            "minutes": None if seconds is None else f"{round(seconds / SECONDS_A_MINUTE, 2):g}",
            "attempts_allowed": row.attempts_allowed,
            "reviews_due_at": row.reviews_due_at,
            "appeal_until": row.appeal_until,
        }

    def change(self) -> Change:
        """What the service writes."""
        data = self.cleaned_data
        minutes = data.get("minutes")
        return Change(
            opens_at=data["opens_at"],
            due_at=data["due_at"],
            closes_at=data["closes_at"],
            limit_seconds=None if minutes is None else round(minutes * SECONDS_A_MINUTE),
            attempts_allowed=data.get("attempts_allowed"),
        )

    def reviews(self) -> Change:
        """Other dates of the peer review."""
        data = self.cleaned_data
        return Change(due_at=data.get("reviews_due_at"), closes_at=data.get("appeal_until"))
