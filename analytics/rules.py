"""Who may read and change flashcards: predicates and their queryset twins, side by side."""

from django.db.models import Q, QuerySet

from analytics.enums import FlashcardState
from analytics.models import Flashcard
from courses.rules import (
    manage_course_rows,
    may_manage_course,
    may_open_course,
    may_staff_course,
    open_course_rows,
    staff_course_rows,
)
from lms.kernel.actors import Actor
from lms.kernel.rules import Rule

# Cards of one's own are nobody else's, not the staff's and not an admin's. They stay with their
# owner when the owner leaves the course; they only come back no more.


def may_view_flashcard(actor: Actor, row: Flashcard) -> bool:
    if row.owner_id is not None:
        return row.owner_id == actor.user_id
    if may_staff_course(actor, row.course):
        return True
    return row.state == FlashcardState.PUBLISHED and may_open_course(actor, row.course)


def view_flashcard_rows(actor: Actor) -> QuerySet[Flashcard]:
    deck = Q(owner=None) & (
        Q(course__in=staff_course_rows(actor).values("pk"))
        | Q(course__in=open_course_rows(actor).values("pk"), state=FlashcardState.PUBLISHED)
    )
    return Flashcard.objects.filter(deck | _own(actor))


def may_edit_flashcard(actor: Actor, row: Flashcard) -> bool:
    if row.owner_id is not None:
        return row.owner_id == actor.user_id
    return may_manage_course(actor, row.course)


def edit_flashcard_rows(actor: Actor) -> QuerySet[Flashcard]:
    deck = Q(owner=None, course__in=manage_course_rows(actor).values("pk"))
    return Flashcard.objects.filter(deck | _own(actor))


def _own(actor: Actor) -> Q:
    return Q(pk__in=[]) if actor.user_id is None else Q(owner=actor.user_id)


VIEW_FLASHCARD = Rule("analytics.flashcard.view", may=may_view_flashcard, rows=view_flashcard_rows)
EDIT_FLASHCARD = Rule(
    "analytics.flashcard.edit",
    may=may_edit_flashcard,
    rows=edit_flashcard_rows,
    writes=True,
    visible=VIEW_FLASHCARD,
)
