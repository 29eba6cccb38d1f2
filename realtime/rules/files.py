"""Who may see the files of messages."""

from django.db.models import Q, QuerySet

from lms.kernel.actors import Actor
from lms.kernel.rules import Rule
from realtime.models import MessageFile
from realtime.rules import (
    may_moderate_message,
    may_view_message,
    moderate_message_rows,
    view_message_rows,
)
from realtime.rules.direct import may_view_direct, view_direct_rows

# Files of messages: who sees the message; of a deleted one in a room its staff; before it is sent
# whoever brought it.


def may_view_file(actor: Actor, file: MessageFile) -> bool:
    if file.message is not None:
        if file.message.deleted_at is None:
            return may_view_message(actor, file.message)
        return may_moderate_message(actor, file.message)
    if file.direct is not None:
        return file.direct.deleted_at is None and may_view_direct(actor, file.direct)
    return actor.user_id is not None and file.uploaded_by_id == actor.user_id


def view_file_rows(actor: Actor) -> QuerySet[MessageFile]:
    own = Q(message=None, direct=None, uploaded_by=actor.user_id or 0)
    said = Q(message__in=view_message_rows(actor).filter(deleted_at=None).values("pk"))
    kept = Q(message__in=moderate_message_rows(actor).exclude(deleted_at=None).values("pk"))
    told = Q(direct__in=view_direct_rows(actor).filter(deleted_at=None).values("pk"))
    return MessageFile.objects.filter(own | said | kept | told)


def may_change_file(actor: Actor, file: MessageFile) -> bool:
    unsent = file.message_id is None and file.direct_id is None
    return unsent and actor.user_id is not None and file.uploaded_by_id == actor.user_id


def change_file_rows(actor: Actor) -> QuerySet[MessageFile]:
    mine = MessageFile.objects.filter(uploaded_by=actor.user_id or 0)
    return mine.filter(message=None, direct=None)


VIEW_FILE = Rule("realtime.file.view", may=may_view_file, rows=view_file_rows)
CHANGE_FILE = Rule(
    "realtime.file.change",
    may=may_change_file,
    rows=change_file_rows,
    writes=True,
    visible=VIEW_FILE,
)
