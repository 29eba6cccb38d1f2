"""Who stands at a socket's door: a session from our own pages, or a one-use ticket (R1)."""

from dataclasses import dataclass
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.http.cookie import parse_cookie
from django.http.request import validate_host
from django.utils.crypto import constant_time_compare

from accounts.models import User
from lms.kernel.actors import Actor
from lms.kernel.web.middleware import PREVIEW_KEY
from realtime.queries.access import active_user, actor_for, actor_now, stamp_of
from realtime.queries.frames import MemberFrame, member_frame
from realtime.services.tickets import take_ticket

Scope = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Caller:
    """The person behind a socket and what their right to it hangs on."""

    user_id: int
    member: MemberFrame
    credential: str
    stamp: str
    may_write: bool
    preview_course_id: int | None

    @property
    def is_plain(self) -> bool:
        """Whether the person acts with all their rights, and not as a student of a course."""
        return self.may_write and self.preview_course_id is None

    def actor(self) -> Actor:
        """The person with the rights they have now; reads the database."""
        return actor_now(
            self.user_id, may_write=self.may_write, preview_course_id=self.preview_course_id
        )


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who just came to the door, as read there."""

    caller: Caller
    person: User

    def actor(self) -> Actor:
        """The person with the rights that they came with; reads nothing."""
        caller = self.caller
        return actor_for(
            self.person,
            may_write=caller.may_write,
            preview_course_id=caller.preview_course_id,
        )


def arrival_at(scope: Scope, *, course_id: str | None) -> Arrival | None:
    """Who stands before a socket that is not accepted yet; None refuses. Reads the database."""
    ticket = parse_qs(scope["query_string"].decode("latin-1")).get("ticket")
    if ticket is not None:
        return _by_ticket(ticket[0], course_id)
    return _by_session(scope) if same_origin(scope) else None


def same_origin(scope: Scope) -> bool:
    """Whether the Origin header names this very site; a missing one does not."""
    headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
    origin, host = headers.get(b"origin", ""), headers.get(b"host", "")
    if not origin:
        return False
    if origin == settings.PUBLIC_URL:
        return True
    parts = urlsplit(origin)
    bare = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    return (
        parts.scheme in {"http", "https"}
        and parts.netloc == host
        and validate_host(bare, list(settings.ALLOWED_HOSTS))
    )


def _by_ticket(ticket: str, course_id: str | None) -> Arrival | None:
    row = take_ticket(ticket, course_id=course_id)
    if row is None:
        return None
    person = row.user
    member = member_frame(person)
    return Arrival(
        Caller(person.pk, member, row.credential, row.stamp, row.may_write, None), person
    )


def _by_session(scope: Scope) -> Arrival | None:
    session = _session_of(scope)
    person = _person_of(session) if session is not None else None
    if session is None or person is None:
        return None
    previewed = session.get(PREVIEW_KEY)
    preview = int(previewed) if previewed is not None else None
    credential = f"session:{session.session_key}"
    member = member_frame(person)
    return Arrival(Caller(person.pk, member, credential, stamp_of(person), True, preview), person)


def _person_of(session: SessionBase) -> User | None:
    """Who signed in, by the secret of now or an earlier one; only reads.

    Django's own look gives a session of an earlier secret another key, which a socket has no way to
    hand to the browser: that would sign it out.
    """
    if session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    person, said = active_user(int(session[SESSION_KEY])), session.get(HASH_SESSION_KEY, "")
    if person is None:
        return None
    known = (person.get_session_auth_hash(), *person.get_session_auth_fallback_hash())
    return person if any(constant_time_compare(said, one) for one in known) else None


def _session_of(scope: Scope) -> SessionBase | None:
    """The session that the cookie names; read here and not in a layer around every socket.

    Such a layer keeps a copy of the scope, with a session and a person, for a socket's whole life.
    """
    for name, value in scope["headers"]:
        if name.lower() == b"cookie":
            key = parse_cookie(value.decode("latin-1")).get(settings.SESSION_COOKIE_NAME)
            if key:
                store: type[SessionBase] = import_module(settings.SESSION_ENGINE).SessionStore
                return store(key)
    return None
