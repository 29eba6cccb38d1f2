"""Who is in a room, across processes: rows that each process renews while its sockets last."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction

from accounts.models import User
from lms.kernel import clock, push
from realtime.models import Presence
from realtime.queries.chat import PRESENT_FOR, room_name
from realtime.queries.frames import PresenceFrame, member_frame

KEEP = timedelta(minutes=2)


def enter_room(*, course_id: int, user_id: int, process: str) -> None:
    """Note a person's first socket of this process; the room hears of their first one at all."""
    now = clock.now()
    with transaction.atomic():
        others = Presence.objects.filter(
            course_id=course_id, user_id=user_id, seen_at__gt=now - PRESENT_FOR
        ).exists()
        Presence.objects.bulk_create(
            [Presence(course_id=course_id, user_id=user_id, process=process, seen_at=now)],
            update_conflicts=True,
            unique_fields=["course", "user", "process"],
            update_fields=["seen_at"],
        )
        if not others:
            _tell(course_id, user_id, arrived=True)


def leave_room(*, course_id: int, user_id: int, process: str) -> None:
    """Note that a person's last socket of this process closed."""
    with transaction.atomic():
        mine = Presence.objects.filter(course_id=course_id, user_id=user_id)
        gone, _ = mine.filter(process=process).delete()
        still = mine.filter(seen_at__gt=clock.now() - PRESENT_FOR).exists()
        if gone and not still:
            _tell(course_id, user_id, arrived=False)


def renew(*, process: str, present: Iterable[tuple[int, int]]) -> None:
    """Renew this process's (course, user) pairs, and forget what dead processes left."""
    now = clock.now()
    kept = set(present)
    rows = Presence.objects.filter(process=process)
    live = [
        pk for pk, *pair in rows.values_list("pk", "course_id", "user_id") if tuple(pair) in kept
    ]
    for start in range(0, len(live), 500):
        Presence.objects.filter(pk__in=live[start : start + 500]).update(seen_at=now)
    for row in Presence.objects.filter(seen_at__lt=now - KEEP)[:500]:
        leave_room(course_id=row.course_id, user_id=row.user_id, process=row.process)


def _tell(course_id: int, user_id: int, *, arrived: bool) -> None:
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        return
    frame: PresenceFrame = {
        "type": "presence",
        "event": "joined" if arrived else "left",
        "member": member_frame(user),
    }
    transaction.on_commit(lambda: push.to_room(room_name(course_id), dict(frame)), robust=True)
