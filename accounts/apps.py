"""People, roles, sign-in, tokens, privacy."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from lms.kernel.privacy import NOTHING_PERSONAL, PersonalData, declare

# Tables of other projects, in the words of the data map.
FOREIGN = {
    "account.EmailAddress": PersonalData(
        kind="contact",
        purpose="Confirms that an address belongs to the person.",
        subject="user_id",
        erase="delete",
    ),
    "account.EmailConfirmation": PersonalData(
        kind="security",
        purpose="Keys of confirmation mails that are on their way.",
        retention="three days",
        subject="email_address__user_id",
        erase="delete",
        hidden=("key",),
    ),
    "admin.LogEntry": PersonalData(
        kind="activity",
        purpose="Shows what administrators changed in the admin.",
        subject="user_id",
        erase="delete",
    ),
    "sessions.Session": PersonalData(
        kind="security",
        purpose="Keeps a person signed in; whose it is stands inside, and erasure looks there.",
        retention="until it expires after 14 days or the person signs out",
        export=False,
        hidden=("session_key", "session_data"),
    ),
    "auth.Group": NOTHING_PERSONAL,
    "auth.Permission": NOTHING_PERSONAL,
    "contenttypes.ContentType": NOTHING_PERSONAL,
}


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People")

    def ready(self) -> None:
        """Declare foreign tables and say how a bearer token is read."""
        from accounts.services.tokens import read_token
        from lms.kernel.rest.auth import read_tokens_with

        for label, entry in FOREIGN.items():
            declare(label, entry)
        read_tokens_with(read_token)
