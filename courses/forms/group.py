"""Groups of learners."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.models.group import MAX_GROUP_NAME
from courses.services.group import MAX_GROUPS


class GroupForm(forms.Form):
    """Name and members; `version` guards against a lost edit."""

    name = forms.CharField(label=_("Name"), max_length=MAX_GROUP_NAME)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class DealForm(forms.Form):
    """Everybody into groups at random."""

    count = forms.IntegerField(label=_("How many groups"), min_value=1, max_value=MAX_GROUPS)
    title = forms.CharField(
        label=_("Name"),
        max_length=MAX_GROUP_NAME - 5,
        initial=_("Group"),
        help_text=_("A number is added: Group 1, Group 2 and so on."),
    )
