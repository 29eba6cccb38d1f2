"""The form that makes an answer of the room one for everybody."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ai.services.faq import MAX_ANSWER, MAX_QUESTION


class PromoteForm(forms.Form):
    """Question and answer; the service decides whether they will do."""

    question = forms.CharField(
        label=_("The question"),
        max_length=MAX_QUESTION,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("In words for everybody, without names."),
    )
    answer = forms.CharField(
        label=_("The answer"),
        max_length=MAX_ANSWER,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("You stand for it: the tutor quotes it to everybody in the course."),
    )
