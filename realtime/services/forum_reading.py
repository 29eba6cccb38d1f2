"""What somebody has read of a forum, and what they want to be told of."""

from django.db import transaction
from django.utils.translation import gettext as _

from courses.models import Course
from lms.kernel.actors import Actor
from lms.kernel.errors import Invalid
from lms.kernel.rules import require, require_write
from realtime.models import ForumBoard, ForumFollow, ForumRead, ForumThread
from realtime.queries.forum import threads_of
from realtime.rules import VIEW_ROOM
from realtime.rules.forum import FOLLOW_BOARD, USE_THREAD

MOST_AT_ONCE = 2_000


def read_thread(*, actor: Actor, thread: ForumThread, seq: int) -> int:
    """Note that the actor has read up to a number; less than before changes nothing. The number."""
    require(actor, USE_THREAD, thread)
    if seq < 0:
        raise Invalid(_("Give a number from 0."), field="seq")
    now = ForumThread.objects.values_list("last_seq", flat=True).get(pk=thread.pk)
    seq, user_id = min(seq, now), actor.user_id or 0
    row, made = ForumRead.objects.get_or_create(
        thread=thread, user_id=user_id, defaults={"last_seq": seq}
    )
    if not made and seq > row.last_seq:
        ForumRead.objects.filter(pk=row.pk, last_seq__lt=seq).update(last_seq=seq)
        return seq
    return row.last_seq


def read_forum(*, actor: Actor, course: Course) -> int:
    """Mark all threads that the actor sees as read; how many."""
    require(actor, VIEW_ROOM, course)
    require_write(actor)
    seen = dict(threads_of(actor, course).values_list("pk", "last_seq")[:MOST_AT_ONCE])
    user_id = actor.user_id or 0
    rows = [ForumRead(thread_id=pk, user_id=user_id, last_seq=seq) for pk, seq in seen.items()]
    with transaction.atomic():
        ForumRead.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["thread", "user"],
            update_fields=["last_seq"],
            batch_size=500,
        )
    return len(rows)


def follow_thread(*, actor: Actor, thread: ForumThread, on: bool) -> bool:
    """Be told of replies in a thread, or no longer; again is no error."""
    require(actor, USE_THREAD, thread)
    return _set(actor, on=on, thread=thread)


def follow_board(*, actor: Actor, board: ForumBoard, on: bool) -> bool:
    """Be told of new threads on a board, or no longer; again is no error."""
    require(actor, FOLLOW_BOARD, board)
    return _set(actor, on=on, board=board)


def _set(
    actor: Actor,
    *,
    on: bool,
    thread: ForumThread | None = None,
    board: ForumBoard | None = None,
) -> bool:
    rows = ForumFollow.objects.filter(user_id=actor.user_id or 0, thread=thread, board=board)
    if on:
        ForumFollow.objects.get_or_create(user_id=actor.user_id or 0, thread=thread, board=board)
    else:
        rows.delete()
    return on
