"""Files of messages as their readers see them."""

from collections.abc import Iterable
from typing import TypedDict

from lms.kernel.actors import Actor
from lms.kernel.rules import fetch
from realtime.models import MessageFile
from realtime.rules.files import VIEW_FILE

SELECT = ("message__room__course", "direct__conversation")


class FileFrame(TypedDict):
    """A file of a message: `url` asks the rule and leads to its bytes; `alt` is of a picture."""

    id: str
    name: str
    content_type: str
    size: int
    url: str
    picture: bool
    alt: str
    width: int | None
    height: int | None


def file_frame(file: MessageFile) -> FileFrame:
    """A file in a frame or an answer."""
    return {
        "id": file.public_id,
        "name": file.name,
        "content_type": file.content_type,
        "size": file.size,
        "url": f"/message-files/{file.public_id}/",
        "picture": file.is_picture,
        "alt": file.alt,
        "width": file.width,
        "height": file.height,
    }


def file_frames(files: Iterable[MessageFile]) -> list[FileFrame]:
    """The files of a message, in its order."""
    return [file_frame(file) for file in files]


def file_seen(actor: Actor, public_id: str) -> MessageFile:
    """A file that the actor may see now. Raises SignInRequired, NotFound."""
    return fetch(actor, VIEW_FILE, select=SELECT, public_id=public_id[:40])
