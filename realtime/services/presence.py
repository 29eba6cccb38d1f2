"""Who is in a room, across processes: rows that each process renews while its sockets last."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import QuerySet

from accounts.models import User
from courses.models import Course
from lms.kernel import clock, push
from realtime.models import Presence
from realtime.queries.chat import room_name
from realtime.queries.frames import MemberFrame, PresenceFrame, member_frame
from realtime.queries.presence import MEMBERS_LIMIT, Pair, any_of, crowds, present_pairs

KEEP = timedelta(minutes=2)
CHUNK = 500


def settle(*, process: str, here: Iterable[Pair], gone: Iterable[Pair]) -> None:
    """Note which (course, user) pairs have a socket in this process now, and which have none.

    Each room hears in one frame who came with their first socket anywhere and who went with their
    last; a room of more than 500 hears only how many are there. As many statements serve one pair
    as five hundred. Each statement stands by itself: of two processes that tell the same at
    once both may say it, and neither waits for the other.
    """
    changed = [(pair, True) for pair in here] + [(pair, False) for pair in gone]
    for start in range(0, len(changed), CHUNK):  # a database compares with so many at once
        part = changed[start : start + CHUNK]
        came = {pair for pair, is_here in part if is_here}
        _settle(process, came, {pair for pair, _ in part} - came)


def _settle(process: str, here: set[Pair], went: set[Pair]) -> None:
    came = _known(here)
    before = present_pairs(came) if came else set()
    Presence.objects.bulk_create(
        [
            Presence(course_id=course_id, user_id=user_id, process=process, seen_at=clock.now())
            for course_id, user_id in sorted(came)
        ],
        update_conflicts=True,
        unique_fields=["course", "user", "process"],
        update_fields=["seen_at"],
    )
    _tell(came - before, _remove(Presence.objects.filter(process=process), went))


def renew(*, process: str, present: Iterable[Pair]) -> None:
    """Renew this process's (course, user) pairs, and forget what dead processes left."""
    now = clock.now()
    kept = set(present)
    rows = Presence.objects.filter(process=process)
    live = [
        pk for pk, *pair in rows.values_list("pk", "course_id", "user_id") if tuple(pair) in kept
    ]
    for start in range(0, len(live), CHUNK):
        Presence.objects.filter(pk__in=live[start : start + CHUNK]).update(seen_at=now)
    dead = Presence.objects.filter(seen_at__lt=now - KEEP)
    _tell(set(), _remove(dead, set(dead.values_list("course_id", "user_id")[:CHUNK])))


def _known(pairs: set[Pair]) -> set[Pair]:
    """Without the pairs whose person or course was deleted meanwhile: they would stop the rest."""
    if not pairs:
        return pairs
    courses = set(_present(Course.objects.all(), {course_id for course_id, _ in pairs}))
    people = set(_present(User.objects.all(), {user_id for _, user_id in pairs}))
    return {(course, user) for course, user in pairs if course in courses and user in people}


def _present(rows: "QuerySet[Course] | QuerySet[User]", pks: set[int]) -> Iterable[int]:
    return rows.filter(pk__in=pks).values_list("pk", flat=True)


def _remove(rows: QuerySet[Presence], pairs: set[Pair]) -> set[Pair]:
    """Delete these pairs' rows among some; the pairs that are nowhere any more."""
    if not pairs:
        return set()
    doomed = set(rows.filter(any_of(pairs)).values_list("pk", "course_id", "user_id"))
    Presence.objects.filter(pk__in=[pk for pk, *_ in doomed]).delete()
    removed = {(course_id, user_id) for _, course_id, user_id in doomed}
    return removed - present_pairs(removed)


def _tell(came: set[Pair], went: set[Pair]) -> None:
    told = {course_id for course_id, _ in came | went}
    if not told:
        return
    people = User.objects.filter(pk__in={user_id for _, user_id in came | went})
    frames = {user.pk: member_frame(user) for user in people}
    crowd = crowds(told)
    for course_id in told:
        present = crowd.get(course_id, 0)
        frame: PresenceFrame = {
            "type": "presence",
            "joined": _of(course_id, came, frames, present),
            "left": _of(course_id, went, frames, present),
            "present": present,
        }
        push.to_room(room_name(course_id), dict(frame))


def _of(
    course_id: int, pairs: set[Pair], frames: dict[int, MemberFrame], present: int
) -> list[MemberFrame]:
    if present > MEMBERS_LIMIT:
        return []
    return [frames[user] for course, user in sorted(pairs) if course == course_id if user in frames]
