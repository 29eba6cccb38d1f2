"""Who may read and write messages between two people."""

from django.db.models import Exists, QuerySet

from assessments.queries.exam import closed_courses
from courses.rules import may_staff_course, staff_course_rows
from lms.kernel.actors import Actor
from lms.kernel.rules import Rule
from realtime.models import Conversation, ConversationMember, DirectMessage, DirectReport

# Messages between two people: these two, not even an administrator. An exam of one's own that
# closes the chat closes them as well.


def in_closed_exam(user_id: int | None) -> bool:
    """Whether an exam keeps somebody from talk of any kind."""
    return closed_courses(user_id).exists()


def may_view_conversation(actor: Actor, conversation: Conversation) -> bool:
    mine = ConversationMember.objects.filter(conversation=conversation, user=actor.user_id or 0)
    return mine.exists() and not in_closed_exam(actor.user_id)


def view_conversation_rows(actor: Actor) -> QuerySet[Conversation]:
    if actor.user_id is None:
        return Conversation.objects.none()
    mine = ConversationMember.objects.filter(user=actor.user_id).values("conversation")
    return Conversation.objects.filter(~Exists(closed_courses(actor.user_id)), pk__in=mine)


def may_view_direct(actor: Actor, message: DirectMessage) -> bool:
    return may_view_conversation(actor, message.conversation)


def view_direct_rows(actor: Actor) -> QuerySet[DirectMessage]:
    mine = view_conversation_rows(actor).values("pk")
    return DirectMessage.objects.filter(conversation__in=mine)


def may_change_direct(actor: Actor, message: DirectMessage) -> bool:
    own = actor.user_id is not None and message.sender_id == actor.user_id
    return own and may_view_direct(actor, message)


def change_direct_rows(actor: Actor) -> QuerySet[DirectMessage]:
    return view_direct_rows(actor).filter(sender__isnull=False, sender=actor.user_id)


VIEW_CONVERSATION = Rule(
    "realtime.conversation.view", may=may_view_conversation, rows=view_conversation_rows
)
USE_CONVERSATION = Rule(
    "realtime.conversation.use",
    may=may_view_conversation,
    rows=view_conversation_rows,
    writes=True,
    visible=VIEW_CONVERSATION,
)
VIEW_DIRECT = Rule("realtime.direct.view", may=may_view_direct, rows=view_direct_rows)
USE_DIRECT = Rule(
    "realtime.direct.use",
    may=may_view_direct,
    rows=view_direct_rows,
    writes=True,
    visible=VIEW_DIRECT,
)
CHANGE_DIRECT = Rule(
    "realtime.direct.change",
    may=may_change_direct,
    rows=change_direct_rows,
    writes=True,
    visible=VIEW_DIRECT,
)


# A report of such a message: the staff of its course, but not who wrote what is reported.


def may_settle_direct(actor: Actor, report: DirectReport) -> bool:
    wrote = actor.user_id is not None and report.message.sender_id == actor.user_id
    return not wrote and may_staff_course(actor, report.course)


def settle_direct_rows(actor: Actor) -> QuerySet[DirectReport]:
    rows = DirectReport.objects.filter(course__in=staff_course_rows(actor).values("pk"))
    wrote = DirectMessage.objects.filter(sender__isnull=False, sender=actor.user_id)
    return rows.exclude(message__in=wrote.values("pk"))


VIEW_DIRECT_REPORT = Rule("realtime.direct.report", may=may_settle_direct, rows=settle_direct_rows)
SETTLE_DIRECT = Rule(
    "realtime.direct.settle",
    may=may_settle_direct,
    rows=settle_direct_rows,
    writes=True,
    visible=VIEW_DIRECT_REPORT,
)
