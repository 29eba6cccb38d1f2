"""The occasions of rooms: somebody is mentioned, somebody is replied to."""

from django.urls import reverse

from courses.queries.roles import active_members
from lms.kernel.actors import system
from realtime.enums import NotificationKind
from realtime.models import Message
from realtime.queries.access import banned_from
from realtime.services.notify import notify


def tell_mentioned(*, message_id: int) -> int:
    """Tell members whom a message mentions, and the author of what it replies to; how many.

    Not its sender, nobody twice, and nobody who may no longer read it. The words stay in the room.
    """
    row = (
        Message.objects.select_related("room__course", "sender", "parent", "thread")
        .filter(pk=message_id, deleted_at=None)
        .first()
    )
    if row is None or row.sender is None or row.room.course.deleted_at is not None:
        return 0
    course = row.room.course
    meant = active_members(course).filter(user__public_id__in=row.mentions)
    wanted = set(meant.values_list("user_id", flat=True))
    if row.parent is not None and row.parent.sender_id is not None:
        replied = active_members(course).filter(user=row.parent.sender_id)
        wanted.update(replied.values_list("user_id", flat=True))
    banned = {user_id for user_id, _course in banned_from([course.pk])}
    wanted -= banned | {row.sender_id}
    return _tell(row, wanted)


def _tell(row: Message, people: set[int]) -> int:
    course, sender = row.room.course, row.sender
    return notify(
        actor=system("realtime.mentioned"),
        kind=NotificationKind.MENTIONED,
        recipients=people,
        course=course,
        key=f"mentioned:{row.pk}",
        args={
            "course": course.title,
            "subject": sender.display_name if sender else "",
            "thread": (row.thread or row).public_id,
        },
        url=f"{reverse('course-chat', args=[course.slug])}#m-{row.public_id}",
    )
