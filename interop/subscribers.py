"""What ends when something happened to somebody's account."""

from accounts.events import PasswordChanged, PersonDeactivated
from interop.services.feed import forget_feeds
from lms.kernel.events import subscribe


@subscribe(PasswordChanged, name="interop.forget_feeds")
def forget_feeds_of(event: PasswordChanged, _record_id: int) -> None:
    """A3: a new password ends what an old one let in, also addresses that were made with it."""
    forget_feeds(user_id=event.person_id)


@subscribe(PersonDeactivated, name="interop.forget_feeds_closed")
def forget_feeds_closed(event: PersonDeactivated, _record_id: int) -> None:
    """A3: what a closed account let in stays ended when it is opened again."""
    forget_feeds(user_id=event.person_id)
