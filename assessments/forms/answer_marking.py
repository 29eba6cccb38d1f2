"""Marking an answer."""

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.services.answer_marking import MAX_COMMENT


class MarkForm(forms.Form):
    """A score, which may be left out while the comment is a draft; `seq` guards a lost edit."""

    score = forms.DecimalField(
        label=_("Points"),
        required=False,
        min_value=0,
        decimal_places=4,
        max_digits=9,
        help_text=_("Empty while you are not sure yet: the answer goes on waiting."),
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )
    comment = forms.CharField(
        label=_("Comment for the learner"),
        required=False,
        max_length=MAX_COMMENT,
        help_text=_("Markdown. They read it when the results are released."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    seq = forms.IntegerField(widget=forms.HiddenInput)
