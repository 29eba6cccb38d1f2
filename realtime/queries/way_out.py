"""The addresses in a mail that end mail of its kinds, and the one that takes that back.

They need no sign-in, so they are signed: for one person and the kinds of that mail, and for
nothing else. They do not expire: all they can do is lower mail. Taking it back is another address,
shown after the act alone and good for an hour.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.core import signing
from django.urls import reverse

from accounts.models import User
from lms.kernel.errors import NotFound
from realtime.enums import NotificationKind

OFF: Final = "realtime.mail.off"
ON: Final = "realtime.mail.on"
UNDO_FOR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class WayOut:
    """Whose mail of which kinds."""

    person: User
    kinds: list[NotificationKind]


def way_out(person: User, kinds: Iterable[str]) -> str:
    """The path that ends mail of some kinds for a person."""
    return reverse("mail-off", args=[_signed(OFF, person, kinds)])


def way_back(person: User, kinds: Iterable[str]) -> str:
    """The path that starts it again, for an hour."""
    return reverse("mail-on", args=[_signed(ON, person, kinds)])


def read_way(token: str, salt: str) -> WayOut:
    """What a token is for; raises NotFound for one that is no longer good or never was."""
    try:
        held = signing.loads(token, salt=salt, max_age=UNDO_FOR if salt == ON else None)
    except signing.BadSignature:
        raise NotFound from None
    person = User.objects.filter(public_id=held["p"], is_active=True).first()
    if person is None:
        raise NotFound
    known = [kind for kind in NotificationKind if kind.value in held["k"]]
    return WayOut(person, known)


def _signed(salt: str, person: User, kinds: Iterable[str]) -> str:
    return signing.dumps({"p": person.public_id, "k": list(kinds)}, salt=salt)
