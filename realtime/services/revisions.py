"""What messages and posts said before: kept for the staff of the course for 90 days."""

from datetime import timedelta
from typing import Final

from lms.kernel import clock
from lms.kernel.actors import Actor
from realtime.enums import RevisionKind
from realtime.models import Message, MessageRevision, PostRevision

KEPT: Final = timedelta(days=90)


def keep_revision(actor: Actor, message: Message, kind: RevisionKind) -> None:
    """Keep a message's words as they are, before they change, in the caller's transaction."""
    MessageRevision.objects.create(
        message=message,
        author_id=message.sender_id,
        kind=kind,
        body=message.body,
        made_by_id=actor.user_id,
        created_at=clock.now(),
    )


def forget_old_revisions() -> int:
    """Delete what is past its time; returns how many."""
    past = clock.now() - KEPT
    count, _kinds = MessageRevision.objects.filter(created_at__lt=past).delete()
    posts, _kinds = PostRevision.objects.filter(created_at__lt=past).delete()
    return count + posts
