"""How allauth makes and checks accounts here: through our services and our limits."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.models import User
from accounts.services.access import STAMPS_KEY, close_sockets, new_stamps
from accounts.services.joining import sign_up
from accounts.services.people import set_password
from accounts.services.sign_in import begin_attempt
from lms.kernel import actors
from lms.kernel.web.address import address_of


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-up gives a student; redirects stay on this site."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """The person, or None. Raises Throttled past the limits that all doors share (A5)."""
        email = credentials.get("email") or credentials.get("username") or ""
        attempt = begin_attempt(email=email, address=address_of(request))
        person: User | None = super().authenticate(request, **credentials)
        if person is not None:
            attempt.take_back()
        return person

    def reauthenticate(self, user: User, password: str) -> bool:
        """Whether the password is the signed-in person's, under the same limits (A5, A9)."""
        attempt = begin_attempt(email=user.email, address=address_of(context.request))
        right = user.check_password(password)
        if right:
            attempt.take_back()
        return right

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:  # noqa: FBT001, FBT002 - allauth's words
        """The new person of the sign-up form."""
        data = form.cleaned_data
        return sign_up(
            actor=actors.ANONYMOUS,
            email=data["email"],
            name=data.get("name", ""),
            password=data["password1"],
        )

    def set_password(self, user: User, password: str) -> None:
        """A new password by whichever page; it ends all other access (A3)."""
        set_password(actor=actors.for_user(user), person=user, password=password)

    def login(self, request: HttpRequest, user: User) -> None:
        """Begin a session whose age is known (A4)."""
        super().login(request, user)
        request.session[STAMPS_KEY] = new_stamps()

    def logout(self, request: HttpRequest) -> None:
        """End the session and every socket of the person (A3)."""
        person_id = request.user.pk
        super().logout(request)
        if person_id is not None:
            close_sockets(person_id)

    def is_safe_url(self, url: str | None) -> bool:
        """Only addresses of this very site are redirected to (A10)."""
        return url_has_allowed_host_and_scheme(
            url,
            allowed_hosts={context.request.get_host()},
            require_https=context.request.is_secure(),
        )

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address behind the trusted proxies (P7)."""
        return address_of(request)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the settings."""
        return reverse("settings")
