"""The lock of a person's mailbox."""

from lms.kernel.db.locks import lock
from realtime.models import Mailbox


def hold_mailbox(user_id: int) -> None:
    """Wait until nobody else changes many of a person's notifications; until the transaction ends.

    Sending, switching and reading all touch them at once, in no order that they share: without
    this lock first, two of them could wait for each other.
    """
    Mailbox.objects.get_or_create(user_id=user_id)
    lock(Mailbox.objects.filter(user=user_id)).get()
