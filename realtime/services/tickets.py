"""One-use tickets for sockets: made by whoever is signed in, taken by the socket that opens."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.models import User
from courses.models import Course
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import SignInRequired, Throttled
from lms.kernel.rules import require
from realtime.models import WsTicket
from realtime.queries.access import live_credentials, stamp_of
from realtime.queries.tickets import digest_of
from realtime.rules import VIEW_ROOM

LIFE = timedelta(seconds=30)
MOST_OPEN = 20
MAX_TICKET = 100


@dataclass(frozen=True, slots=True)
class NewTicket:
    """The ticket in clear, shown once."""

    ticket: str
    expires_at: datetime


def issue_ticket(*, actor: Actor, course: Course | None = None) -> NewTicket:
    """A ticket good for one socket of the person within 30 s; with a course, only for its room.

    Raises SignInRequired, NotFound or Denied, and Throttled with 20 unused tickets open.
    """
    if actor.user_id is None:
        raise SignInRequired
    if course is not None:
        require(actor, VIEW_ROOM, course)
    now = clock.now()
    mine = WsTicket.objects.filter(user_id=actor.user_id)
    if mine.filter(used_at=None, expires_at__gt=now).count() >= MOST_OPEN:
        raise Throttled("Too many unused tickets.", retry_after=int(LIFE.total_seconds()))
    ticket = secrets.token_urlsafe(32)
    WsTicket.objects.create(
        digest=digest_of(ticket),
        user_id=actor.user_id,
        course=course,
        credential=actor.credential,
        stamp=stamp_of(User.objects.get(pk=actor.user_id)),
        may_write=actor.can_write,
        created_at=now,
        expires_at=now + LIFE,
    )
    return NewTicket(ticket, now + LIFE)


def forget_old_tickets() -> None:
    """Remove tickets that ran out a day ago."""
    WsTicket.objects.filter(expires_at__lt=clock.now() - timedelta(days=1)).delete()


def take_ticket(ticket: str, *, course_id: str | None) -> WsTicket | None:
    """Use a ticket up; None when it is unknown, used, expired, or for another room.

    It also ends with the session or token that asked for it, and when the person's password or
    site role changes. `course_id` is the public id of the room's course, None for a personal one.
    A ticket is used up also when it is shown at the wrong door.
    """
    if not ticket or len(ticket) > MAX_TICKET:
        return None
    named = WsTicket.objects.filter(digest=digest_of(ticket))
    if not named.filter(used_at=None).update(used_at=clock.now()):  # of many at once only one does
        return None
    row = named.select_related("user", "course").first()
    if row is None:
        return None
    fits = row.course is None or row.course.public_id == course_id
    return row if fits and row.expires_at > clock.now() and _still_backed(row) else None


def _still_backed(row: WsTicket) -> bool:
    """Whether what stood behind the ticket when it was issued still stands (A3)."""
    same = row.user.is_active and row.stamp == stamp_of(row.user)
    return same and row.credential in live_credentials([row.credential])
