"""What can be found in rooms: the words of messages, written as they are said, edited, deleted."""

from collections.abc import Iterator
from typing import Final

from django.db import transaction

from lms.kernel.db.locks import lock
from lms.kernel.search import Document, index_document, register_indexer, remove_document
from lms.kernel.text import plain_text
from realtime.models import Message

MESSAGE: Final = "message"
PIECE: Final = 200


def index_message(message: Message) -> None:
    """Write what can be found of a message; `room.course` is loaded or is one query."""
    course = message.room.course
    body = plain_text(message.body)
    index_document(MESSAGE, message.pk, course.pk, course.language, "", body)


def forget_message(message_id: int) -> None:
    """Forget a message whose words were taken away."""
    remove_document(MESSAGE, message_id)


def index_missing(*, pieces: int = 10) -> int:
    """Index messages from before there was an index, 200 in a transaction; how many were looked at.

    A sweep calls this until none is left: an upgrade neither waits for it nor holds a table.
    """
    count = 0
    for _piece in range(pieces):
        done = _index_piece()
        count += done
        if done < PIECE:
            break
    return count


@transaction.atomic
def _index_piece() -> int:
    waiting = Message.objects.filter(indexed=False).order_by("pk")
    rows = list(lock(waiting.select_related("room__course"), skip_locked=True)[:PIECE])
    for row in rows:
        if row.deleted_at is None and row.body:
            index_message(row)
    Message.objects.filter(pk__in=[row.pk for row in rows]).update(indexed=True)
    return len(rows)


def all_messages() -> Iterator[Document]:
    """Every message with words, for `manage.py reindex`."""
    rows = Message.objects.filter(deleted_at=None).exclude(body="").select_related("room__course")
    for row in rows.iterator(chunk_size=500):
        yield Document(
            kind=MESSAGE,
            object_id=row.pk,
            course_id=row.room.course_id,
            language=row.room.course.language,
            title="",
            body=plain_text(row.body),
        )


def register() -> None:
    """Name the indexer; called when the app is ready."""
    register_indexer(MESSAGE, all_messages)
