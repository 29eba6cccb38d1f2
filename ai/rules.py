"""Who may generate, review and see the ledger: predicates and their queryset twins."""

from django.db.models import Q, QuerySet

from ai.enums import Rating
from ai.models import AiCall, ContentPiece, Conversation, Draft, Exchange, Faq
from courses.rules import may_staff_course, staff_course_rows
from courses.rules.course import (
    manage_course_rows,
    may_manage_course,
    may_open_course,
    open_course_rows,
)
from courses.rules.lesson import may_view_lesson, view_lesson_rows
from lms.kernel.actors import Actor
from lms.kernel.rules import Rule


def teaches(actor: Actor) -> bool:
    """Anyone who teaches: instructors of the site, admins, staff of any course."""
    if actor.is_admin or actor.is_instructor:
        return True
    return actor.signed_in and staff_course_rows(actor).exists()


# What AI suggests: staff of its course; without a course whoever asked for it. Taking a piece into
# a lesson or a question into a bank asks their own rules besides.


def may_view_suggestion(actor: Actor, row: Draft | ContentPiece) -> bool:
    if row.course is not None:
        return may_staff_course(actor, row.course)
    return actor.is_admin or (actor.signed_in and row.created_by_id == actor.user_id)


def view_draft_rows(actor: Actor) -> QuerySet[Draft]:
    return Draft.objects.filter(_suggested(actor))


def view_piece_rows(actor: Actor) -> QuerySet[ContentPiece]:
    return ContentPiece.objects.filter(_suggested(actor))


def _suggested(actor: Actor) -> Q:
    if not actor.signed_in and not actor.is_admin:
        return Q(pk__in=[])
    loose = Q(course=None) if actor.is_admin else Q(course=None, created_by_id=actor.user_id)
    return loose | Q(course__in=staff_course_rows(actor).values("pk"))


VIEW_DRAFT = Rule[Draft]("ai.draft.view", may=may_view_suggestion, rows=view_draft_rows)
REVIEW_DRAFT = Rule[Draft](
    "ai.draft.review",
    may=may_view_suggestion,
    rows=view_draft_rows,
    writes=True,
    visible=VIEW_DRAFT,
)
VIEW_PIECE = Rule[ContentPiece]("ai.piece.view", may=may_view_suggestion, rows=view_piece_rows)
REVIEW_PIECE = Rule[ContentPiece](
    "ai.piece.review",
    may=may_view_suggestion,
    rows=view_piece_rows,
    writes=True,
    visible=VIEW_PIECE,
)


# The ledger: one's own calls, those of courses one staffs, all for admins.


def may_view_call(actor: Actor, call: AiCall) -> bool:
    if actor.is_admin or (actor.signed_in and call.person_id == actor.user_id):
        return True
    return call.course is not None and may_staff_course(actor, call.course)


def view_call_rows(actor: Actor) -> QuerySet[AiCall]:
    if actor.is_admin:
        return AiCall.objects.all()
    if not actor.signed_in:
        return AiCall.objects.none()
    staffed = Q(course__in=staff_course_rows(actor).values("pk"))
    return AiCall.objects.filter(staffed | Q(person_id=actor.user_id))


VIEW_CALL = Rule("ai.call.view", may=may_view_call, rows=view_call_rows)


# Conversations with the tutor: one's own, as long as one may read the course. Nobody else's, not
# for staff or admins: what a learner does not send on stays theirs.


def may_view_conversation(actor: Actor, conversation: Conversation) -> bool:
    mine = actor.signed_in and conversation.learner_id == actor.user_id
    return mine and may_open_course(actor, conversation.course)


def view_conversation_rows(actor: Actor) -> QuerySet[Conversation]:
    if not actor.signed_in:
        return Conversation.objects.none()
    opened = open_course_rows(actor).values("pk")
    return Conversation.objects.filter(learner_id=actor.user_id, course__in=opened)


VIEW_CONVERSATION = Rule(
    "ai.conversation.view", may=may_view_conversation, rows=view_conversation_rows
)
CHANGE_CONVERSATION = Rule(
    "ai.conversation.change",
    may=may_view_conversation,
    rows=view_conversation_rows,
    writes=True,
    visible=VIEW_CONVERSATION,
)


# Exchanges that a learner passed on or rated as unhelpful: the staff of the course.

SENT_ON = Q(sent_on_at__isnull=False) | Q(rating=Rating.DOWN)


def may_view_sent_on(actor: Actor, exchange: Exchange) -> bool:
    passed = exchange.sent_on_at is not None or exchange.rating == Rating.DOWN
    return passed and may_staff_course(actor, exchange.course)


def view_sent_on_rows(actor: Actor) -> QuerySet[Exchange]:
    return Exchange.objects.filter(SENT_ON, course__in=staff_course_rows(actor).values("pk"))


VIEW_SENT_ON = Rule("ai.sent_on.view", may=may_view_sent_on, rows=view_sent_on_rows)
SETTLE_SENT_ON = Rule(
    "ai.sent_on.settle",
    may=may_view_sent_on,
    rows=view_sent_on_rows,
    writes=True,
    visible=VIEW_SENT_ON,
)


# Answered questions: whoever reads the course, and the lesson they are about.


def may_view_faq(actor: Actor, faq: Faq) -> bool:
    if not may_open_course(actor, faq.course):
        return False
    return faq.lesson is None or may_view_lesson(actor, faq.lesson)


def view_faq_rows(actor: Actor) -> QuerySet[Faq]:
    lessons = view_lesson_rows(actor).order_by().values("pk")
    opened = open_course_rows(actor).values("pk")
    return Faq.objects.filter(Q(lesson=None) | Q(lesson__in=lessons), course__in=opened)


def may_manage_faq(actor: Actor, faq: Faq) -> bool:
    return may_manage_course(actor, faq.course)


def manage_faq_rows(actor: Actor) -> QuerySet[Faq]:
    return Faq.objects.filter(course__in=manage_course_rows(actor).values("pk"))


VIEW_FAQ = Rule("ai.faq.view", may=may_view_faq, rows=view_faq_rows)
MANAGE_FAQ = Rule(
    "ai.faq.manage", may=may_manage_faq, rows=manage_faq_rows, writes=True, visible=VIEW_FAQ
)
