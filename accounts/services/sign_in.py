"""Proving who somebody is by a password, with the same limits on every door (A5, A6)."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth import authenticate
from django.utils.translation import gettext as _

from accounts.errors import AddressUnconfirmed, BadCredentials, SecondFactorRequired
from accounts.models import User
from lms.kernel.errors import Throttled
from lms.kernel.rest import throttles

_second_factors: list[Callable[[User], bool]] = []


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at a password. It counts as a failure until it is taken back."""

    email: str
    address: str

    def take_back(self) -> None:
        """The password was right: uncount the try."""
        throttles.take_back("sign_in_account", self.email)
        throttles.take_back("sign_in_address", self.address)


def begin_attempt(*, email: str, address: str) -> Attempt:
    """Count one try for the account and the network address before anything is compared.

    Raises Throttled with the seconds to wait after 10 failures for an account or 30 from an
    address within 15 minutes. Unknown accounts are counted alike.
    """
    attempt = Attempt(email=email.strip().lower(), address=address)
    waits = (
        throttles.hit("sign_in_address", attempt.address),
        throttles.hit("sign_in_account", attempt.email),
    )
    wait = max((seconds for seconds in waits if seconds is not None), default=None)
    if wait is not None:
        words = _("Too many failed tries. Wait a few minutes and try again.")
        raise Throttled(words, retry_after=wait)
    return attempt


def check_credentials(*, email: str, password: str, address: str) -> User:
    """The active person with this address and password.

    Raises Throttled, BadCredentials (unknown, wrong or inactive, all alike and after the same
    work), AddressUnconfirmed or SecondFactorRequired.
    """
    attempt = begin_attempt(email=email, address=address)
    person = authenticate(None, email=attempt.email, password=password)
    if not isinstance(person, User):
        raise BadCredentials
    attempt.take_back()
    if not _address_confirmed(person):
        raise AddressUnconfirmed
    if any(asks(person) for asks in _second_factors):
        raise SecondFactorRequired
    return person


def confirm_password(*, person: User, password: str, address: str) -> None:
    """Ask a signed-in person for their password again (A9). Raises Throttled, BadCredentials."""
    attempt = begin_attempt(email=person.email, address=address)
    if not person.check_password(password):
        raise BadCredentials
    attempt.take_back()


def ask_second_factor(asks: Callable[[User], bool]) -> None:
    """Register a check that says whether a person's account has a second factor."""
    _second_factors.append(asks)


def _address_confirmed(person: User) -> bool:
    from allauth.account.models import EmailAddress

    confirmed: bool = EmailAddress.objects.filter(user=person, verified=True).exists()
    return confirmed
