"""Flashcards: those that come back to somebody, their lists, and the deck of a course."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from analytics.enums import FlashcardState
from analytics.models import Flashcard, FlashcardRest, ReviewCard
from analytics.rules import VIEW_FLASHCARD
from assessments.queries.exam import exam_of
from courses.enums import CourseState
from courses.models import Course
from courses.rules import LEARN_COURSE, STAFF_COURSE
from lms.kernel.actors import Actor
from lms.kernel.errors import NotFound
from lms.kernel.rules import fetch, require


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrow:
    """What a list is narrowed to; `show` is mine, deck, resting or everything (empty)."""

    search: str = ""
    course: str = ""
    show: str = ""


def courses_learned(actor: Actor) -> QuerySet[Course]:
    """The courses whose questions and cards come back to the asker: published, and they learn."""
    courses = LEARN_COURSE.rows(actor).filter(state=CourseState.PUBLISHED)
    if actor.preview_course_id is not None:
        courses = courses.exclude(pk=actor.preview_course_id)
    return courses


def coming(actor: Actor) -> QuerySet[Flashcard]:
    """The flashcards that come back to the asker: of courses they learn now, and not suspended."""
    rested = FlashcardRest.objects.filter(learner=actor.user_id).values("flashcard")
    return _of_learner(actor).exclude(pk__in=rested)


def memories(actor: Actor) -> QuerySet[ReviewCard]:
    """What the asker remembers of flashcards that come back."""
    return ReviewCard.objects.filter(
        learner=actor.user_id, flashcard__in=coming(actor).values("pk")
    )


def unseen(actor: Actor) -> list[tuple[int, int]]:
    """Keys of cards that were never rated, with their courses; one's own first, then in order."""
    met = ReviewCard.objects.filter(learner=actor.user_id, flashcard__isnull=False)
    rows = coming(actor).exclude(pk__in=met.values("flashcard")).order_by("pk")
    found = list(rows.values_list("pk", "course_id", "owner_id"))
    found.sort(key=lambda row: row[2] is None)
    return [(pk, course) for pk, course, _owner in found]


def coming_one(actor: Actor, public_id: str) -> Flashcard | None:
    """A card that comes back to the asker, by its public id."""
    rows = coming(actor).filter(public_id=public_id)
    return rows.select_related("course").first()


def own_cards(actor: Actor, narrow: Narrow) -> QuerySet[Flashcard]:
    """One's own cards, also of courses one left, and the decks of the courses one learns.

    Each with `rests_now`, and `due` where it was rated. The newest first. None while an exam of the
    asker's runs, in which their queue is closed, too.
    """
    if actor.user_id is None or exam_of(actor) is not None:
        return Flashcard.objects.none()
    mine = ReviewCard.objects.filter(learner=actor.user_id, flashcard=OuterRef("pk"))
    rests = FlashcardRest.objects.filter(learner=actor.user_id, flashcard=OuterRef("pk"))
    everything = Q(owner=actor.user_id) | Q(pk__in=_of_learner(actor).values("pk"))
    rows = VIEW_FLASHCARD.rows(actor).filter(everything).select_related("course", "outcome")
    rows = rows.annotate(rests_now=Exists(rests), due=Subquery(mine.values("due")[:1]))
    if narrow.show == "mine":
        rows = rows.filter(owner=actor.user_id)
    elif narrow.show == "deck":
        rows = rows.filter(owner=None)
    elif narrow.show == "resting":
        rows = rows.filter(rests_now=True)
    if narrow.course:
        rows = rows.filter(course__public_id=narrow.course)
    return _searched(rows, narrow.search).order_by("-pk")


def deck(actor: Actor, course: Course, *, search: str = "", state: str = "") -> QuerySet[Flashcard]:
    """The cards of a course, drafts as well, in order. Raises what `require` raises."""
    require(actor, STAFF_COURSE, course)
    rows = VIEW_FLASHCARD.rows(actor).filter(course=course, owner=None)
    if state in FlashcardState.values:
        rows = rows.filter(state=state)
    return _searched(rows.select_related("course", "outcome"), search).order_by("pk")


def flashcard(actor: Actor, public_id: str) -> Flashcard:
    """A card that the asker may read; raises what `fetch` raises.

    Also NotFound for a card that is not of a deck they teach while an exam of theirs runs.
    """
    row = fetch(actor, VIEW_FLASHCARD, select=("course", "outcome"), public_id=public_id)
    teaches = row.owner_id is None and STAFF_COURSE.may(actor, row.course)
    if not teaches and exam_of(actor) is not None:
        raise NotFound
    return row


def own_flashcard(actor: Actor, public_id: str) -> Flashcard:
    """A card of the asker's list: their own, or of a deck they learn from; raises NotFound."""
    found = own_cards(actor, Narrow()).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def deck_flashcard(actor: Actor, course: Course, public_id: str) -> Flashcard:
    """A card of a course's deck, inside the course (Z3); raises NotFound."""
    found = deck(actor, course).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def rests(actor: Actor, row: Flashcard) -> bool:
    """Whether the asker has suspended a card."""
    return FlashcardRest.objects.filter(learner=actor.user_id, flashcard=row).exists()


def _of_learner(actor: Actor) -> QuerySet[Flashcard]:
    if actor.user_id is None:
        return Flashcard.objects.none()
    mine = Q(owner=actor.user_id) | Q(owner=None, state=FlashcardState.PUBLISHED)
    return Flashcard.objects.filter(mine, course__in=courses_learned(actor).values("pk"))


def _searched(rows: QuerySet[Flashcard], search: str) -> QuerySet[Flashcard]:
    words = search.replace("\x00", "").split()[:10]
    for word in words:
        rows = rows.filter(Q(front__icontains=word) | Q(back__icontains=word))
    return rows
