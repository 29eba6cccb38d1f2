"""The sign-in form: allauth's in our words."""

from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.utils.translation import gettext_lazy as _


class SignInForm(LoginForm):  # type: ignore[misc]
    """E-mail address, password, and whether this browser keeps the session."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail address")
        self.fields["remember"].label = _("Keep me signed in on this device")
        drop_placeholders(self)


def drop_placeholders(form: forms.Form) -> None:
    """The label says it already, and a placeholder is gone as soon as one types."""
    for field in form.fields.values():
        field.widget.attrs.pop("placeholder", None)
