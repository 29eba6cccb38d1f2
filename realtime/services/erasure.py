"""What else goes of a person's words when their account is erased (V2).

The data map empties their messages. What was made out of these goes here: the index of words, and
their name in what others were told.
"""

from collections.abc import Iterator
from typing import Final

from django.db import transaction

from lms.kernel.models import SearchDocument
from lms.kernel.search import remove_documents
from realtime.enums import NotificationKind
from realtime.models import ForumPost, ForumThread, Message, Notification
from realtime.services.indexing import MESSAGE, POST

CHUNK: Final = 500


@transaction.atomic
def forget_emptied_messages() -> int:
    """Forget what is left of messages that no longer have a sender; how many rows. Again is none.

    Who the sender was cannot be told any more: every message without one is looked at.
    """
    count = 0
    for keys in _chunks():
        left = SearchDocument.objects.filter(kind=MESSAGE, object_id__in=keys)
        found = list(left.values_list("object_id", flat=True))
        remove_documents(MESSAGE, found)
        told = Notification.objects.filter(
            kind=NotificationKind.MENTIONED, key__in=[f"mentioned:{pk}" for pk in keys]
        )
        named = [row for row in told if row.args.get("subject")]
        for row in named:
            row.args = {**row.args, "subject": ""}
        Notification.objects.bulk_update(named, ["args"], batch_size=CHUNK)
        count += len(found) + len(named)
    return count


@transaction.atomic
def forget_emptied_posts() -> int:
    """The same for posts and threads of forums that no longer have an author."""
    gone = ForumPost.objects.filter(author=None, body="").values("pk")
    left = SearchDocument.objects.filter(kind=POST, object_id__in=gone)
    found = list(left.values_list("object_id", flat=True))
    remove_documents(POST, found)
    nameless = ForumThread.objects.filter(author=None, title="").values_list("public_id", flat=True)
    count = 0
    for public_id in nameless.iterator(chunk_size=CHUNK):
        told = Notification.objects.filter(url__contains=f"/discuss/t/{public_id}/")
        named = [row for row in told if row.args.get("subject")]
        for row in named:
            row.args = {**row.args, "subject": ""}
        Notification.objects.bulk_update(named, ["args"], batch_size=CHUNK)
        count += len(named)
    return len(found) + count


def _chunks() -> Iterator[list[int]]:
    last = 0
    rows = Message.objects.filter(sender=None, ai__isnull=True, body="").order_by("pk")
    while keys := list(rows.filter(pk__gt=last).values_list("pk", flat=True)[:CHUNK]):
        yield keys
        last = keys[-1]
