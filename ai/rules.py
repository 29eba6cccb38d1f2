"""Who may generate, review and see the ledger: predicates and their queryset twins."""

from django.db.models import Q, QuerySet

from ai.models import AiCall, ContentPiece, Draft
from courses.rules import may_staff_course, staff_course_rows
from lms.kernel.actors import Actor
from lms.kernel.rules import Rule


def teaches(actor: Actor) -> bool:
    """Anyone who teaches: instructors of the site, admins, staff of any course."""
    if actor.is_admin or actor.is_instructor:
        return True
    return actor.signed_in and staff_course_rows(actor).exists()


# Drafts: staff of their course; without a course whoever asked for them.


def may_view_draft(actor: Actor, draft: Draft) -> bool:
    if draft.course is not None:
        return may_staff_course(actor, draft.course)
    return actor.is_admin or (actor.signed_in and draft.created_by_id == actor.user_id)


def view_draft_rows(actor: Actor) -> QuerySet[Draft]:
    loose = Q(course=None) if actor.is_admin else Q(course=None, created_by_id=actor.user_id)
    if not actor.signed_in and not actor.is_admin:
        return Draft.objects.none()
    return Draft.objects.filter(loose | Q(course__in=staff_course_rows(actor).values("pk")))


VIEW_DRAFT = Rule("ai.draft.view", may=may_view_draft, rows=view_draft_rows)
REVIEW_DRAFT = Rule(
    "ai.draft.review",
    may=may_view_draft,
    rows=view_draft_rows,
    writes=True,
    visible=VIEW_DRAFT,
)


# Pieces of teaching material: the same; taking one into a lesson asks courses' rules besides.


def may_view_piece(actor: Actor, piece: ContentPiece) -> bool:
    if piece.course is not None:
        return may_staff_course(actor, piece.course)
    return actor.is_admin or (actor.signed_in and piece.created_by_id == actor.user_id)


def view_piece_rows(actor: Actor) -> QuerySet[ContentPiece]:
    loose = Q(course=None) if actor.is_admin else Q(course=None, created_by_id=actor.user_id)
    if not actor.signed_in and not actor.is_admin:
        return ContentPiece.objects.none()
    return ContentPiece.objects.filter(loose | Q(course__in=staff_course_rows(actor).values("pk")))


VIEW_PIECE = Rule("ai.piece.view", may=may_view_piece, rows=view_piece_rows)
REVIEW_PIECE = Rule(
    "ai.piece.review",
    may=may_view_piece,
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
