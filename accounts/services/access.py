"""Ending what lets somebody in: tokens and sockets here, sessions by what they are signed with.

A session carries a hash of the password and the role and belongs to an active account, so a new
password, another role or deactivation ends it at its next request. Sockets are told at once.
"""

from django.db import transaction

from accounts.models import ApiToken, User
from lms.kernel import clock, push

SIGNED_OUT = 4401


def end_access(person: User) -> None:
    """Revoke every token and close every socket of a person, within the caller's transaction."""
    ApiToken.objects.filter(user=person, revoked_at=None).update(revoked_at=clock.now())
    close_sockets(person.pk)


def close_sockets(person_id: int) -> None:
    """Close every socket of a person once the transaction commits; live clients reconnect."""
    transaction.on_commit(lambda: push.close_person(person_id, SIGNED_OUT))
