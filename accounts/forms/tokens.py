"""A new API token."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.services.tokens import MAX_NAME
from lms.kernel import actors

DAYS = ((7, _("7 days")), (30, _("30 days")), (90, _("90 days")), (365, _("One year")))
READ_ONLY, READ_AND_WRITE = "read", "read write"


class TokenForm(forms.Form):
    """Name, what it may do, how long."""

    name = forms.CharField(
        label=_("Name"), max_length=MAX_NAME, help_text=_("What uses it, so that you know later.")
    )
    access = forms.ChoiceField(
        label=_("May"),
        choices=[(READ_ONLY, _("Read")), (READ_AND_WRITE, _("Read and write"))],
    )
    days = forms.TypedChoiceField(label=_("Ends after"), choices=DAYS, coerce=int, initial=90)

    def scopes(self) -> frozenset[str]:
        """The chosen access as scopes."""
        return frozenset(self.cleaned_data["access"].split()) & actors.ALL_SCOPES
