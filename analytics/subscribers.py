"""What analytics does when something happens elsewhere."""

from accounts.events import PasswordChanged, PersonDeactivated, PersonErased
from analytics.services.exports import forget_exports
from analytics.services.review import forget_feed
from lms.kernel.events import subscribe


@subscribe(PersonErased, name="analytics.forget_exports")
def forget_files_with_the_person(told: PersonErased, record_id: int) -> None:
    """Files cannot be searched for one person, and are soon made again: all of them go (V2)."""
    forget_exports(everything=True)


@subscribe(PasswordChanged, name="analytics.forget_feed")
def forget_feed_of(told: PasswordChanged, record_id: int) -> None:
    """A3: a new password ends what an old one let in, also the address of the review queue."""
    forget_feed(user_id=told.person_id)


@subscribe(PersonDeactivated, name="analytics.forget_feed_closed")
def forget_feed_closed(told: PersonDeactivated, record_id: int) -> None:
    """A3: what a closed account let in stays ended when it is opened again."""
    forget_feed(user_id=told.person_id)
