"""Who is in rooms at this moment, over all processes."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Count, Q, QuerySet

from accounts.models import User
from lms.kernel import clock
from realtime.models import Presence
from realtime.queries.frames import MemberFrame, member_frame

PRESENT_FOR = timedelta(seconds=90)
MEMBERS_LIMIT = 500  # a bigger crowd is a number: nobody reads such a list
Pair = tuple[int, int]  # course, person


def present_in(course_id: int) -> list[MemberFrame]:
    """Who has a socket in the room, by name; at most 500 of them."""
    seen = _fresh().filter(course_id=course_id)
    people = User.objects.filter(pk__in=seen.values("user_id"), is_active=True)
    members = [member_frame(user) for user in people[:MEMBERS_LIMIT]]
    return sorted(members, key=lambda member: (member["name"].lower(), member["id"]))


def crowds(course_ids: Iterable[int]) -> dict[int, int]:
    """How many people are in each of these rooms; one query."""
    rows = _fresh().filter(course_id__in=set(course_ids)).values_list("course_id")
    return dict(rows.annotate(people=Count("user", distinct=True)))


def present_pairs(pairs: set[Pair]) -> set[Pair]:
    """Which of the pairs are present; one query."""
    return set(_fresh().filter(any_of(pairs)).values_list("course_id", "user_id"))


def any_of(pairs: set[Pair]) -> Q:
    """What finds the rows of these pairs."""
    users: dict[int, list[int]] = {}
    for course_id, user_id in pairs:
        users.setdefault(course_id, []).append(user_id)
    wanted = Q(pk__in=[])
    for course_id, user_ids in users.items():
        wanted |= Q(course_id=course_id, user_id__in=user_ids)
    return wanted


def _fresh() -> QuerySet[Presence]:
    return Presence.objects.filter(seen_at__gt=clock.now() - PRESENT_FOR)
