"""What a marker types."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.scoring.rubric import Criterion, Pick
from assessments.services.comments import MAX_BODY, WHOLE_PAGE
from assessments.services.marking import MAX_REASON, MAX_WORDS, Judgement
from lms.kernel.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import QueryDict


class MarkForm(forms.Form):
    """The mark and the words; points by criterion are read beside it."""

    score = forms.DecimalField(
        label=_("Mark"),
        required=False,
        min_value=0,
        max_digits=9,
        decimal_places=4,
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )
    feedback = forms.CharField(
        label=_("Feedback"),
        required=False,
        strip=False,
        max_length=MAX_WORDS,
        help_text=_("Markdown. Its authors read it when the work is returned."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    private_note = forms.CharField(
        label=_("Note for staff"),
        required=False,
        max_length=MAX_WORDS,
        help_text=_("Never shown to learners."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def judgement(self, picks: dict[str, Pick]) -> Judgement:
        """What the service keeps."""
        data = self.cleaned_data
        return Judgement(
            picks=picks,
            score=data["score"],
            feedback=data["feedback"],
            private_note=data["private_note"],
        )


class CommentForm(forms.Form):
    """A remark and where it stands."""

    body = forms.CharField(
        label=_("Comment"), max_length=MAX_BODY, widget=forms.Textarea(attrs={"rows": 3})
    )
    start = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    end = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    page = forms.IntegerField(label=_("Page"), required=False, min_value=1)
    x = forms.IntegerField(
        label=_("From the left, in percent"), required=False, min_value=0, max_value=WHOLE_PAGE
    )
    y = forms.IntegerField(
        label=_("From the top, in percent"), required=False, min_value=0, max_value=WHOLE_PAGE
    )
    keep = forms.BooleanField(label=_("Keep it to use again"), required=False)


class AgreeForm(forms.Form):
    """The mark that counts, and why."""

    score = forms.DecimalField(
        label=_("Agreed mark"),
        min_value=0,
        max_digits=9,
        decimal_places=4,
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )
    reason = forms.CharField(label=_("Reason"), max_length=MAX_REASON)


class ApartForm(forms.Form):
    """Another score for one member of a group; empty gives the group's back."""

    learner = forms.CharField(max_length=22, widget=forms.HiddenInput)
    score = forms.DecimalField(
        label=_("Score"), required=False, min_value=0, max_digits=9, decimal_places=4
    )
    reason = forms.CharField(label=_("Reason"), required=False, max_length=MAX_REASON)


def posted_picks(criteria: Sequence[Criterion], data: QueryDict) -> dict[str, Pick]:
    """Points, levels and notes of a post. Raises Invalid for `picks` that are no numbers."""
    found = {}
    for one in criteria:
        typed = data.get(f"points-{one.id}", "").strip().replace(",", ".")
        found[one.id] = Pick(
            level=data.get(f"level-{one.id}", ""),
            points=_number(typed, one.title) if typed else None,
            note=data.get(f"note-{one.id}", "").strip(),
        )
    return found


def _number(typed: str, title: Any) -> Decimal:
    try:
        value = Decimal(typed)
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite():
        words = _("Give points of “%(title)s” as a number.") % {"title": title}
        raise Invalid(words, field="score")
    return value
