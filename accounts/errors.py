"""What can go wrong with accounts."""

from django.utils.translation import gettext as _

from lms.kernel.errors import Denied, KernelError


class BadCredentials(KernelError):
    """The address and the password do not belong together, for whatever reason (A6)."""

    status = 401
    code = "bad_credentials"

    def __init__(self) -> None:
        super().__init__(_("The e-mail address or the password is not right."))


class AddressUnconfirmed(Denied):
    """The password is right, and the e-mail address was never confirmed."""

    code = "email_unconfirmed"

    def __init__(self) -> None:
        super().__init__(_("Confirm your e-mail address first: sign in once in a browser."))


class SecondFactorRequired(Denied):
    """The password is right, and the account asks for more than a password."""

    code = "mfa_required"

    def __init__(self) -> None:
        super().__init__(_("This account has a second factor; create a token in a browser."))
