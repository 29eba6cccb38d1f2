"""The shape of every frame that a socket carries; docs/realtime.md shows one of each."""

from typing import Literal, TypedDict

from accounts.models import User
from realtime.models import Message


class MemberFrame(TypedDict):
    """A person as others see them: public id and name."""

    id: str
    name: str


class MessageBody(TypedDict):
    """A message inside `joined.missed` and in answers of the API."""

    id: str
    seq: int
    client_id: str
    sender: MemberFrame | None
    body: str
    html: str
    created_at: str
    deleted: bool


class MessageFrame(MessageBody):
    """A message that was just stored or deleted; to its sender it is the acknowledgement too."""

    type: Literal["message"]


class JoinedFrame(TypedDict):
    """The answer to `join`: what came after `last_seq`, oldest first; ask again when `has_more`."""

    type: Literal["joined"]
    last_seq: int
    missed: list[MessageBody]
    has_more: bool
    members: list[MemberFrame]


class PresenceFrame(TypedDict):
    """Somebody's first socket opened in the room, or their last one closed."""

    type: Literal["presence"]
    event: Literal["joined", "left"]
    member: MemberFrame


class TypingFrame(TypedDict):
    """Somebody is writing; show it for five seconds."""

    type: Literal["typing"]
    member: MemberFrame


class ErrorFrame(TypedDict, total=False):
    """A frame that was refused; `client_id` names the message that it was about."""

    type: Literal["error"]
    code: str
    detail: str
    client_id: str


class NotificationFrame(TypedDict):
    """There is something new for the person; fetch it by id."""

    type: Literal["notification"]
    id: str
    kind: str


def member_frame(user: User) -> MemberFrame:
    """A person as others in the room see them."""
    return {"id": user.public_id, "name": user.display_name}


def message_body(message: Message) -> MessageBody:
    """A stored message; `message.sender` must be loaded. A deleted one has no words."""
    gone = message.deleted_at is not None
    return {
        "id": message.public_id,
        "seq": message.seq,
        "client_id": str(message.client_id),
        "sender": member_frame(message.sender) if message.sender is not None else None,
        "body": "" if gone else message.body,
        "html": "" if gone else message.html,
        "created_at": message.created_at.isoformat().replace("+00:00", "Z"),
        "deleted": gone,
    }


def message_frame(message: Message) -> MessageFrame:
    """The frame that the room gets."""
    return {"type": "message", **message_body(message)}


def error_frame(code: str, detail: str, client_id: str | None = None) -> ErrorFrame:
    """The frame that tells one socket what was refused."""
    frame: ErrorFrame = {"type": "error", "code": code, "detail": detail}
    if client_id is not None:
        frame["client_id"] = client_id
    return frame
