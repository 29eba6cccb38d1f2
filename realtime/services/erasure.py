"""What else goes of a person's words when their account is erased (V2).

The data map empties their messages. What was made out of these goes here: the index of words, and
their name in what others were told.
"""

from collections.abc import Iterator
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet

from lms.kernel.models import SearchDocument
from lms.kernel.search import remove_documents
from realtime.models import (
    DirectMessage,
    DirectReport,
    ForumPost,
    ForumThread,
    Message,
    Notification,
)
from realtime.queries.direct import DIRECT
from realtime.services.indexing import MESSAGE, POST

CHUNK: Final = 500


@transaction.atomic
def forget_emptied_messages() -> int:
    """Forget what is left of messages that no longer have a sender; how many rows. Again is none.

    Who the sender was cannot be told any more: every message without one is looked at.
    """
    rooms = Message.objects.filter(sender=None, ai__isnull=True, body="")
    directs = DirectMessage.objects.filter(sender=None, body="")
    count = sum(_forget(keys, MESSAGE, "mentioned") for keys in _chunks(rooms))
    for keys in _chunks(directs):
        count += _forget(keys, DIRECT, "direct")
        count += DirectReport.objects.filter(message__in=keys).exclude(body="").update(body="")
    return count


@transaction.atomic
def forget_emptied_posts() -> int:
    """The same for posts and threads of forums that no longer have an author."""
    gone = ForumPost.objects.filter(author=None, body="").values("pk")
    left = SearchDocument.objects.filter(kind=POST, object_id__in=gone)
    found = list(left.values_list("object_id", flat=True))
    remove_documents(POST, found)
    nameless = ForumThread.objects.filter(author=None, title="")
    count = 0
    for public_id, course in nameless.values_list("public_id", "course").iterator(CHUNK):
        # By course first, of which there is an index: nobody else was told of it.
        told = Notification.objects.filter(course=course, url__contains=f"/discuss/t/{public_id}/")
        named = [row for row in told if row.args.get("subject")]
        for row in named:
            row.args = {**row.args, "subject": ""}
        Notification.objects.bulk_update(named, ["args"], batch_size=CHUNK)
        count += len(named)
    return len(found) + count


def _forget(keys: list[int], kind: str, occasion: str) -> int:
    left = SearchDocument.objects.filter(kind=kind, object_id__in=keys)
    found = list(left.values_list("object_id", flat=True))
    remove_documents(kind, found)
    told = Notification.objects.filter(key__in=[f"{occasion}:{pk}" for pk in keys])
    named = [row for row in told if row.args.get("subject")]
    for row in named:
        row.args = {**row.args, "subject": ""}
    Notification.objects.bulk_update(named, ["args"], batch_size=CHUNK)
    return len(found) + len(named)


def _chunks(messages: QuerySet[Any]) -> Iterator[list[int]]:
    last = 0
    rows = messages.order_by("pk")
    while keys := list(rows.filter(pk__gt=last).values_list("pk", flat=True)[:CHUNK]):
        yield keys
        last = keys[-1]
