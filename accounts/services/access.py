"""Ending what lets somebody in: tokens and sockets here, sessions by what they are signed with.

A session carries a hash of the password and the role and belongs to an active account, so a new
password, another role or deactivation ends it at its next request. Sockets are told at once.
"""

from importlib import import_module

from django.conf import settings
from django.db import transaction

from accounts.models import ApiToken, User
from lms.kernel import clock, push

SIGNED_OUT = 4401
STAMPS_KEY = "session_stamps"


def end_access(person: User) -> None:
    """Revoke every token and close every socket of a person, within the caller's transaction."""
    ApiToken.objects.filter(user=person, revoked_at=None).update(revoked_at=clock.now())
    close_sockets(person.pk)


def close_sockets(person_id: int) -> None:
    """Close every socket of a person once the transaction commits; live clients reconnect."""
    transaction.on_commit(lambda: push.close_person(person_id, SIGNED_OUT))


def new_stamps(signed_in: float | None = None) -> dict[str, float]:
    """When a session began and was last used, in seconds since 1970, for the session itself."""
    now = clock.now().timestamp()
    return {"signed_in": signed_in or now, "seen": now}


def forget_expired_sessions() -> None:
    """Remove sessions that nobody can use any more (V3)."""
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
