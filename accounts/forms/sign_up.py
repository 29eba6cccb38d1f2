"""The sign-up form: allauth's, with a name."""

from typing import Any, ClassVar

from allauth.account.forms import SignupForm
from django import forms
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.forms.sign_in import drop_placeholders
from accounts.models import User


class SignUpForm(SignupForm):  # type: ignore[misc]
    """Name, e-mail address, password."""

    name = forms.CharField(
        label=_("Name"),
        max_length=150,
        help_text=_("As your courses should show it."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order: ClassVar[list[str]] = ["name", "email", "password1"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail address")
        self.fields["password1"].help_text = _(
            "12 characters or more; none that leaked before, and not your name or address."
        )
        drop_placeholders(self)

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """The new person, or the answer that a known address gets too, after the same work (A6)."""
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])
        person, answer = super().try_save(request)
        return person, answer
