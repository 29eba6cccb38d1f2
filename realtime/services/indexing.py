"""What can be found in rooms: the words of messages, written as they are said, edited, deleted."""

from collections.abc import Iterator
from typing import Final

from lms.kernel.search import Document, index_document, register_indexer, remove_document
from lms.kernel.text import plain_text
from realtime.models import Message

MESSAGE: Final = "message"


def index_message(message: Message) -> None:
    """Write what can be found of a message; `room.course` is loaded or is one query."""
    course = message.room.course
    body = plain_text(message.body)
    index_document(MESSAGE, message.pk, course.pk, course.language, "", body)


def forget_message(message_id: int) -> None:
    """Forget a message whose words were taken away."""
    remove_document(MESSAGE, message_id)


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
