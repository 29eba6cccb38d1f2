"""Push: hints to browsers that something happened. The row in the database is the truth.

Call these after the commit (`transaction.on_commit`), from any thread or worker. They return at
once, never raise when Redis is dead, and lose nothing but the hint: clients fill gaps by sequence
number or by polling.

Room names are the caller's ("course:5"); a person's own room is "person:<id>".
"""

from typing import Any

import orjson

__all__ = ["close_person", "close_room_member", "person_room", "to_person", "to_room"]


def person_room(user_id: int) -> str:
    """The room of every personal socket of one user."""
    return f"person:{user_id}"


def to_room(room: str, payload: dict[str, Any]) -> None:
    """Send one frame to every socket in the room, of all processes."""
    from lms.kernel.push.publisher import PUBLISHER

    PUBLISHER.put(room, orjson.dumps(payload).decode())


def to_person(user_id: int, payload: dict[str, Any]) -> None:
    """Send one frame to the personal sockets of a user; it carries ids, never content."""
    to_room(person_room(user_id), payload)


def close_person(user_id: int, code: int = 4401) -> None:
    """Close every socket of a user: logout, deactivation, changed password or role."""
    _order(user_id, None, code)


def close_room_member(room: str, user_id: int, code: int = 4403) -> None:
    """Close a user's sockets in one room: removed from the course, or another role there."""
    _order(user_id, room, code)


def _order(user_id: int, room: str | None, code: int) -> None:
    from lms.kernel.push.hub import CONTROL

    to_room(CONTROL, {"user": user_id, "room": room, "close": code})
