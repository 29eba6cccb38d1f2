"""What the questions of a quiz are worth, and what staff do with an attempt."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.scoring.content import MAX_POINTS
from assessments.services.attempt import MAX_EXTRA_MINUTES, MAX_REASON
from courses.services.outline import MAX_TITLE


class NewQuizForm(forms.Form):
    """The name of a quiz and the section of the outline that it closes."""

    title = forms.CharField(label=_("Title"), max_length=MAX_TITLE)
    section = forms.ChoiceField(label=_("At the end of"))

    def __init__(self, data: Any = None, *, sections: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["section"] = forms.ChoiceField(
            label=_("At the end of"),
            choices=sections,
            initial=sections[-1][0] if sections else None,
        )


class ItemForm(forms.Form):
    """What a question is worth here, and which version is asked."""

    points = forms.DecimalField(
        label=_("Points"), min_value=0, max_value=MAX_POINTS, decimal_places=4
    )
    pinned = forms.IntegerField(required=False, min_value=1)


class OverrideForm(forms.Form):
    """A score by hand."""

    score = forms.DecimalField(
        label=_("Score"), min_value=0, decimal_places=4, max_digits=9, localize=False
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=MAX_REASON, help_text=_("Kept with the grade.")
    )


class ExtendForm(forms.Form):
    """More time for an attempt."""

    minutes = forms.IntegerField(
        label=_("Minutes"), min_value=1, max_value=MAX_EXTRA_MINUTES, initial=10
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=MAX_REASON, help_text=_("Kept in the log.")
    )
