"""The roles that a request has asked for already, until it writes an enrolment.

Rules ask for the same role many times on the way to one answer. Outside of a request (workers,
sockets, commands) nothing is remembered: what lives long asks again each time.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Known = dict[tuple[int, int], str | None]

_known: ContextVar[Known | None] = ContextVar("roles", default=None)


@contextmanager
def remembering_roles() -> Iterator[None]:
    """Remember roles until the block ends."""
    token = _known.set({})
    try:
        yield
    finally:
        _known.reset(token)


def remembered_role(user_id: int, course_id: int, ask: Callable[[], str | None]) -> str | None:
    """The role that `ask` tells, asked at most once per person, course and request."""
    known = _known.get()
    if known is None:
        return ask()
    key = (user_id, course_id)
    if key not in known:
        known[key] = ask()
    return known[key]


def note_role(user_id: int, course_id: int, role: str | None) -> None:
    """Remember a role that was read on the way to something else; nothing outside of a request."""
    known = _known.get()
    if known is not None:
        known[user_id, course_id] = role


def forget_roles() -> None:
    """Ask again from here on; whatever writes an enrolment calls this."""
    known = _known.get()
    if known is not None:
        known.clear()
