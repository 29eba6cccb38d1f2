"""The sign-up form: allauth's, with a name."""

from typing import ClassVar

from allauth.account.forms import SignupForm
from django import forms
from django.utils.translation import gettext_lazy as _


class SignUpForm(SignupForm):  # type: ignore[misc]
    """Name, e-mail address, password."""

    name = forms.CharField(
        label=_("Name"),
        max_length=150,
        help_text=_("As your courses should show it."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order: ClassVar[list[str]] = ["name", "email", "password1"]
