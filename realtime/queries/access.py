"""Whether open sockets may stay: asked for all of a process at once, every few seconds (R5)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from django.contrib.sessions.models import Session
from django.db.models import Q

from accounts.models import ApiToken, User
from assessments.queries.exam import shut_out
from courses.enums import EnrolmentState
from courses.models import Course, Enrolment
from courses.rules import stored_role
from lms.kernel import actors, clock
from lms.kernel.actors import Actor
from lms.kernel.rules import allows
from realtime.enums import RestrictionKind
from realtime.models import RoomRestriction
from realtime.rules import VIEW_ROOM

CHUNK = 500
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Standing:
    """A person's place in a course when their socket opened; any change closes it."""

    role: str
    course_state: str
    deleted: bool
    in_exam: bool = False
    banned: bool = False


def actor_now(user_id: int, *, may_write: bool, preview_course_id: int | None) -> Actor:
    """The person behind a socket with the rights they have now; nobody when deactivated."""
    user = active_user(user_id)
    if user is None:
        return actors.ANONYMOUS
    return actor_for(user, may_write=may_write, preview_course_id=preview_course_id)


def actor_for(user: User, *, may_write: bool, preview_course_id: int | None) -> Actor:
    """The same for a person who was read just now."""
    actor = actors.for_user(user)
    if not may_write:
        actor = actors.for_token(user, frozenset({actors.READ}))
    return actor.previewing(preview_course_id) if preview_course_id is not None else actor


def active_user(user_id: int) -> User | None:
    """The person, None when gone or deactivated."""
    return User.objects.filter(pk=user_id, is_active=True).first()


def standing_of(user_id: int, course: Course) -> Standing:
    """The person's place in the course at this moment."""
    return standings({(user_id, course.pk)})[user_id, course.pk]


def let_in(user_id: int, course: Course) -> Standing:
    """The place of somebody whom the rule of the room has just let in, from what it read."""
    role = stored_role(user_id, course.pk) or ""
    return Standing(role, course.state, course.deleted_at is not None)


def standings(pairs: set[tuple[int, int]]) -> dict[tuple[int, int], Standing]:
    """The places of many (user, course) pairs by four queries per 500 courses."""
    found: dict[tuple[int, int], Standing] = {}
    users_of: dict[int, set[int]] = {}
    for user_id, course_id in pairs:
        users_of.setdefault(course_id, set()).add(user_id)
    for course_ids in _chunks(users_of):
        rows = Course.objects.filter(pk__in=course_ids).values_list("pk", "state", "deleted_at")
        states = {pk: (state, gone is not None) for pk, state, gone in rows}
        roles = _roles(course_ids, {user for pk in course_ids for user in users_of[pk]})
        shut = shut_out({user for pk in course_ids for user in users_of[pk]}, course_ids)
        banned = banned_from(course_ids)
        for course_id in course_ids:
            state, deleted = states.get(course_id, ("", True))
            for user_id in users_of[course_id]:
                role = roles.get((user_id, course_id), "")
                pair = (user_id, course_id)
                found[pair] = Standing(role, state, deleted, pair in shut, pair in banned)
    return found


def banned_from(course_ids: list[int]) -> set[tuple[int, int]]:
    """Which (person, course) pairs the staff of these courses keep out of the room."""
    lasting = Q(until=None) | Q(until__gt=clock.now())
    rows = RoomRestriction.objects.filter(lasting, kind=RestrictionKind.BAN, course__in=course_ids)
    return set(rows.values_list("user_id", "course_id"))


def still_enters(user_id: int, course_id: int) -> bool:
    """Whether the rule still lets the person into the room."""
    course = Course.objects.filter(pk=course_id).first()
    actor = actor_now(user_id, may_write=True, preview_course_id=None)
    return course is not None and allows(actor, VIEW_ROOM, course)


def people_now(user_ids: Iterable[int]) -> dict[int, str]:
    """Active people with a stamp that changes with password, site role and activity."""
    stamps: dict[int, str] = {}
    for chunk in _chunks(set(user_ids)):
        for user in User.objects.filter(pk__in=chunk, is_active=True):
            stamps[user.pk] = stamp_of(user)
    return stamps


def stamp_of(user: User) -> str:
    """Changes when the person's sessions end: another password, another site role."""
    return f"{user.get_session_auth_hash()}:{user.site_role}"


def live_sessions(keys: Iterable[str]) -> set[str]:
    """Which of the session keys still exist."""
    alive: set[str] = set()
    for chunk in _chunks(set(keys)):
        rows = Session.objects.filter(session_key__in=chunk, expire_date__gt=clock.now())
        alive.update(rows.values_list("session_key", flat=True))
    return alive


def live_credentials(credentials: Iterable[str]) -> set[str]:
    """Which sessions and tokens still count; no credential at all hangs on nothing."""
    kinds: dict[str, dict[str, str]] = {}
    for credential in credentials:
        kind, _, key = credential.partition(":")
        kinds.setdefault(kind, {})[key] = credential
    alive = set(kinds.get("", {}).values())
    sessions, tokens = kinds.get("session", {}), kinds.get("token", {})
    alive.update(sessions[key] for key in live_sessions(sessions))
    for chunk in _chunks(tokens):
        rows = ApiToken.objects.filter(pk__in=chunk, revoked_at=None, expires_at__gt=clock.now())
        alive.update(tokens[str(pk)] for pk in rows.values_list("pk", flat=True))
    return alive


def _roles(course_ids: list[int], user_ids: set[int]) -> dict[tuple[int, int], str]:
    roles: dict[tuple[int, int], str] = {}
    for chunk in _chunks(user_ids):
        rows = Enrolment.objects.filter(
            course_id__in=course_ids, user_id__in=chunk, state=EnrolmentState.ACTIVE
        )
        for user_id, course_id, role in rows.values_list("user_id", "course_id", "role"):
            roles[user_id, course_id] = role
    return roles


def _chunks(items: Iterable[T]) -> Iterator[list[T]]:
    everything = list(items)
    for start in range(0, len(everything), CHUNK):
        yield everything[start : start + CHUNK]
