"""The shape of every frame that a socket carries; docs/realtime.md shows one of each."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, Literal, TypedDict

from django.utils.html import escape
from django.utils.translation import gettext as _

from accounts.models import User
from assessments.enums import AiHelp
from lms.kernel.text import clean_html
from realtime.models import Message, MessageFile
from realtime.queries.files import FileFrame, file_frames

EXTRACTIVE: Final = "extractive"


class MemberFrame(TypedDict):
    """A person as others see them: public id and name."""

    id: str
    name: str


class CitationFrame(TypedDict):
    """Where an answer stands: a block of a lesson, or of an answered question without a lesson."""

    block: str
    lesson: str
    quote: str
    title: str


class AiFrame(TypedDict):
    """What marks an answer of the tutor; `by_model` when a language model worded it."""

    mode: str
    answerable: bool
    by_model: bool
    citations: list[CitationFrame]


class MessageBody(TypedDict):
    """A message inside `joined.missed` and in answers of the API.

    Of two states of one message the one with the higher `change` holds. `ai` is set on answers of
    the tutor alone. `reply_to` is the id of the message that it replies to, `asked` how far the
    tutor is with it, "" where it was not asked; `faq` tells that staff made it an answer for all.
    `thread` is the id of the message that began the thread, which counts its `replies`. `mentions`
    are ids of people, `reactions` counts by the name of the emoji.
    """

    id: str
    seq: int
    change: int
    client_id: str
    sender: MemberFrame | None
    ai: AiFrame | None
    reply_to: str | None
    thread: str | None
    replies: int
    body: str
    html: str
    files: list[FileFrame]
    created_at: str
    edited_at: str | None
    deleted: bool
    pinned: bool
    mentions: list[str]
    reactions: dict[str, int]
    asked: str
    faq: bool


class MessageFrame(MessageBody):
    """A message that was just stored or deleted; to its sender it is the acknowledgement too."""

    type: Literal["message"]


class Crowd(TypedDict):
    """Who is in a room: at most 500 of the `present` people."""

    members: list[MemberFrame]
    present: int


class JoinedFrame(Crowd):
    """The answer to `join`: what came after `last_seq`, oldest first; ask again when `has_more`.

    `changed` are messages up to `last_seq` of the question that changed after its `last_change`.
    `mine` are the reader's own reactions to the messages of both, by the message's id; `read` is
    the number up to which they have read.
    """

    type: Literal["joined"]
    last_seq: int
    last_change: int
    missed: list[MessageBody]
    changed: list[MessageBody]
    mine: dict[str, list[str]]
    read: int
    has_more: bool


class PresenceFrame(TypedDict):
    """Whose first socket opened in the room and whose last one closed, and how many are there.

    Beyond 500 people the lists are empty.
    """

    type: Literal["presence"]
    joined: list[MemberFrame]
    left: list[MemberFrame]
    present: int


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


class DirectFrame(TypedDict):
    """Something happened in a conversation of the person's; fetch it after their last change."""

    type: Literal["direct"]
    conversation: str
    change: int


def member_frame(user: User) -> MemberFrame:
    """A person as others in the room see them."""
    return {"id": user.public_id, "name": user.display_name}


def message_body(message: Message, files: Iterable[MessageFile] | None = None) -> MessageBody:
    """A stored message; `sender`, `parent`, `thread` must be loaded. A deleted one has no words.

    `files` are its own unless the caller knows them.
    """
    brought = message.files.all() if files is None else files
    gone = message.deleted_at is not None
    return {
        "id": message.public_id,
        "seq": message.seq,
        "change": message.change,
        "client_id": str(message.client_id),
        "sender": member_frame(message.sender) if message.sender is not None else None,
        "ai": _ai(message, gone=gone),
        "reply_to": message.parent.public_id if message.parent is not None else None,
        "thread": message.thread.public_id if message.thread is not None else None,
        "replies": message.reply_count,
        "body": "" if gone else message.body,
        "html": "" if gone else message.html,
        "files": [] if gone else file_frames(brought),
        "created_at": moment(message.created_at),
        "edited_at": None if message.edited_at is None else moment(message.edited_at),
        "deleted": gone,
        "pinned": message.pinned_at is not None and not gone,
        "mentions": [] if gone else list(message.mentions),
        "reactions": {} if gone else dict(message.reactions),
        "asked": message.asked,
        "faq": message.faq_id is not None,
    }


def moment(at: datetime) -> str:
    """A moment as clients read it."""
    return at.isoformat().replace("+00:00", "Z")


def _ai(message: Message, *, gone: bool) -> AiFrame | None:
    if message.ai is None:
        return None
    return {
        "mode": message.ai["mode"],
        "answerable": message.ai["answerable"],
        "by_model": message.ai["provider"] != EXTRACTIVE,
        "citations": [] if gone else list(message.ai["citations"]),
    }


def answer_html(text: str) -> str:
    """The tutor's words as HTML: plain text in paragraphs, no markup of a model's own (C1)."""
    parts = [" ".join(part.split()) for part in text.split("\n\n")]
    return clean_html("".join(f"<p>{escape(part)}</p>\n" for part in parts if part))


def is_hidden(message: Message, left: AiHelp) -> bool:
    """Whether an exam that leaves so much help hides a message: an answer of the tutor."""
    if message.ai is None or message.deleted_at is not None:
        return False
    full = message.ai["mode"] == "full"
    return left == AiHelp.OFF or (full and left == AiHelp.HINT)


def veiled(message: Message) -> Message:
    """An answer of the tutor as somebody sees it whose exam allows no such help; not stored."""
    message.body = ""
    message.html = answer_html(_("Hidden while your exam runs."))
    message.ai = {**(message.ai or {}), "citations": []}
    return message


def message_frame(message: Message, files: Iterable[MessageFile] | None = None) -> MessageFrame:
    """The frame that the room gets."""
    return {"type": "message", **message_body(message, files)}


def error_frame(code: str, detail: str, client_id: str | None = None) -> ErrorFrame:
    """The frame that tells one socket what was refused."""
    frame: ErrorFrame = {"type": "error", "code": code, "detail": detail}
    if client_id is not None:
        frame["client_id"] = client_id
    return frame
