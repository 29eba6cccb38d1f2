"""The occasions of messages between two people: somebody wrote."""

from lms.kernel.actors import system
from realtime.enums import NotificationKind
from realtime.models import ConversationMember, DirectMessage, Notification
from realtime.queries.direct import blocked_by, url_of
from realtime.services.notify import notify


def tell_direct(*, message_id: int) -> int:
    """Tell the other one that somebody wrote; the words stay in the conversation.

    Once until they read it: what comes meanwhile is told by the number in their messages.
    """
    rows = DirectMessage.objects.select_related("sender", "conversation")
    row = rows.filter(pk=message_id, deleted_at=None).first()
    if row is None or row.sender is None:
        return 0
    members = ConversationMember.objects.filter(conversation=row.conversation_id)
    other = members.exclude(user=row.sender_id).first()
    if other is None or other.read_seq >= row.seq or blocked_by(other.user_id, row.sender.pk):
        return 0
    url = url_of(row.conversation)
    waiting = Notification.objects.filter(
        user=other.user_id, kind=NotificationKind.DIRECT, url=url, read_at=None
    )
    if waiting.exists():
        return 0
    return notify(
        actor=system("realtime.direct"),
        kind=NotificationKind.DIRECT,
        recipients=[other.user_id],
        course=None,
        key=f"direct:{row.pk}",
        args={"subject": row.sender.display_name},
        url=url,
    )
