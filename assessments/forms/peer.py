"""What is typed around a peer review."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.services.marking import MAX_WORDS
from assessments.services.peer import MAX_EXAMPLE, MAX_REASON, MOST_EACH, PeerSettings
from courses.forms.course import LocalTime


def _score(label: Any, *, required: bool = True) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        required=required,
        min_value=0,
        max_digits=9,
        decimal_places=4,
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )


class PeerForm(forms.Form):
    """How a peer review goes."""

    each = forms.IntegerField(
        label=_("Reviews that everybody writes"), min_value=1, max_value=MOST_EACH, initial=3
    )
    least = forms.IntegerField(
        label=_("Reviews that a work needs"),
        min_value=1,
        max_value=MOST_EACH,
        initial=2,
        help_text=_("With fewer at the close it goes to staff."),
    )
    due_at = forms.DateTimeField(label=_("Reviews due"), required=False, widget=LocalTime())
    appeal_until = forms.DateTimeField(
        label=_("Objections until"), required=False, widget=LocalTime()
    )
    show_reviewers = forms.BooleanField(label=_("Authors learn who reviewed them"), required=False)

    def settings(self) -> PeerSettings:
        """What the service keeps."""
        return PeerSettings(**self.cleaned_data)


class ReviewForm(forms.Form):
    """A review; points by criterion are read beside it."""

    score = _score(_("Score"), required=False)
    feedback = forms.CharField(
        label=_("What is good, what would make it better"),
        max_length=MAX_WORDS,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class ExampleForm(forms.Form):
    """An example with the instructor's score."""

    text = forms.CharField(
        label=_("Example"), max_length=MAX_EXAMPLE, widget=forms.Textarea(attrs={"rows": 5})
    )
    score = _score(_("Your score"))


class TryForm(forms.Form):
    """A reviewer's score of an example."""

    score = _score(_("Your score"))


class AppealForm(forms.Form):
    """Why an author objects."""

    reason = forms.CharField(
        label=_("What is wrong with the reviews?"),
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class DecisionForm(forms.Form):
    """The answer to an objection."""

    answer = forms.CharField(
        label=_("Answer"), max_length=MAX_REASON, widget=forms.Textarea(attrs={"rows": 3})
    )
