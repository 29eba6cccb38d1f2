"""What can be found in rooms and forums: their words, as they are said, edited, deleted."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from django.db import transaction

from lms.kernel.db.locks import lock
from lms.kernel.search import (
    Document,
    index_documents,
    register_indexer,
    remove_document,
    remove_documents,
)
from lms.kernel.text import plain_text
from realtime.models import DirectMessage, ForumPost, Message
from realtime.queries.direct import DIRECT

MESSAGE: Final = "message"
PIECE: Final = 200
POST: Final = "forum_post"


def index_message(message: Message) -> None:
    """Write what can be found of a message; `room.course` is loaded or is one query."""
    index_messages([message])


def index_messages(messages: Sequence[Message]) -> None:
    """The same for several, in one statement."""
    index_documents([_document(message) for message in messages])


def _document(message: Message) -> Document:
    return Document(
        kind=MESSAGE,
        object_id=message.pk,
        course_id=message.room.course_id,
        language=message.room.course.language,
        title="",
        body=plain_text(message.body),
    )


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
        yield _document(row)


def index_post(post: ForumPost) -> None:
    """Write what can be found of a post; the first one of a thread is found by its title too."""
    index_posts([post])


def index_posts(posts: Sequence[ForumPost]) -> None:
    """The same for many; a statement for each 200."""
    for start in range(0, len(posts), PIECE):
        index_documents([_post_document(post) for post in posts[start : start + PIECE]])


def _post_document(post: ForumPost) -> Document:
    return Document(
        kind=POST,
        object_id=post.pk,
        course_id=post.thread.course_id,
        language=post.thread.course.language,
        title=post.thread.title if post.seq == 1 else "",
        body=plain_text(post.body),
    )


def forget_posts(post_ids: Iterable[int]) -> None:
    """Forget posts whose words were taken away."""
    remove_documents(POST, post_ids)


def all_posts() -> Iterator[Document]:
    """Every post with words, for `manage.py reindex`."""
    standing = ForumPost.objects.filter(deleted_at=None, thread__deleted_at=None)
    rows = standing.exclude(body="").select_related("thread__course")
    for row in rows.iterator(chunk_size=500):
        yield _post_document(row)


def all_directs() -> Iterator[Document]:
    """Every message between two people with words."""
    rows = DirectMessage.objects.filter(deleted_at=None).exclude(body="").select_related("sender")
    for row in rows.iterator(chunk_size=500):
        yield Document(
            kind=DIRECT,
            object_id=row.pk,
            language=row.sender.language if row.sender is not None else "en",
            title="",
            body=plain_text(row.body),
        )


def register() -> None:
    """Name the indexers; called when the app is ready."""
    register_indexer(MESSAGE, all_messages)
    register_indexer(POST, all_posts)
    register_indexer(DIRECT, all_directs)
