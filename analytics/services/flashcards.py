"""Flashcards: make, change, publish, suspend, delete."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from analytics.enums import FlashcardState
from analytics.models import Flashcard, FlashcardRest
from analytics.models.flashcard import MAX_SIDE
from analytics.rules import EDIT_FLASHCARD, VIEW_FLASHCARD
from assessments.models import LearningOutcome
from courses.models import Course
from courses.rules import LEARN_COURSE, MANAGE_COURSE
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict, Invalid, NotFound, SignInRequired, Stale
from lms.kernel.rules import require, require_write
from lms.kernel.text import require_text

MAX_CARDS: Final = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """What a card says, in Markdown of at most 2,000 characters a side."""

    front: str
    back: str
    outcome: LearningOutcome | None = None


@transaction.atomic
def add_own_cards(*, actor: Actor, course: Course, cards: Sequence[Sides]) -> list[Flashcard]:
    """Cards of the asker's own in a course they learn; they come from today on.

    Raises Invalid naming `front` or `back`, Conflict `too_many`, and what `require` raises.
    """
    learner = _writer(actor)
    require(actor, LEARN_COURSE, course)
    lock(User.objects.filter(pk=learner)).get()
    return _add(course, cards, learner, FlashcardState.PUBLISHED)


@transaction.atomic
def add_deck_cards(
    *, actor: Actor, course: Course, cards: Sequence[Sides], published: bool = False
) -> list[Flashcard]:
    """Cards of a course's deck, drafts unless `published`. Raises like `add_own_cards`."""
    require(actor, MANAGE_COURSE, course)
    lock(Course.objects.filter(pk=course.pk)).get()
    state = FlashcardState.PUBLISHED if published else FlashcardState.DRAFT
    return _add(course, cards, None, state)


@transaction.atomic
def update_flashcard(
    *,
    actor: Actor,
    flashcard: Flashcard,
    sides: Sides,
    state: str = "",
    expected: int | None = None,
) -> Flashcard:
    """Say something else; when it comes back to whom stays as it was. With `state` be published.

    Raises Stale, Invalid naming the field, Conflict `not_of_a_deck`, and what `require` raises.
    """
    require(actor, EDIT_FLASHCARD, flashcard)
    row = _locked(flashcard)
    if expected is not None and row.version != expected:
        raise Stale
    if state and state != row.state:
        _require_deck(row)
        row.state = state
    for name, value in _checked(row.course_id, row.owner_id, sides).items():
        setattr(row, name, value)
    _save(row)
    return row


@transaction.atomic
def publish_flashcard(*, actor: Actor, flashcard: Flashcard, published: bool = True) -> Flashcard:
    """Give a card of a deck to the learners, or take it back; what they remember of it is kept.

    Raises Conflict `not_of_a_deck`, and what `require` raises.
    """
    require(actor, EDIT_FLASHCARD, flashcard)
    row = _locked(flashcard)
    _require_deck(row)
    row.state = FlashcardState.PUBLISHED if published else FlashcardState.DRAFT
    _save(row)
    return row


@transaction.atomic
def publish_drafts(*, actor: Actor, course: Course) -> int:
    """Give all drafts of a deck to the learners; how many. Raises what `require` raises."""
    require(actor, MANAGE_COURSE, course)
    rows = Flashcard.objects.filter(course=course, owner=None, state=FlashcardState.DRAFT)
    drafts = list(lock(rows.order_by("pk")))
    for row in drafts:
        row.state = FlashcardState.PUBLISHED
        row.version += 1
        row.updated_at = clock.now()
    Flashcard.objects.bulk_update(drafts, ["state", "version", "updated_at"], batch_size=500)
    return len(drafts)


@transaction.atomic
def delete_flashcard(*, actor: Actor, flashcard: Flashcard) -> None:
    """Remove a card, with what anybody remembers of it. Raises what `require` raises."""
    require(actor, EDIT_FLASHCARD, flashcard)
    _locked(flashcard).delete()


@transaction.atomic
def suspend_flashcard(*, actor: Actor, flashcard: Flashcard) -> None:
    """Keep a card out of the asker's queue; twice is once. Raises what `require` raises."""
    learner = _of_queue(actor, flashcard)
    FlashcardRest.objects.get_or_create(learner_id=learner, flashcard=flashcard)


@transaction.atomic
def resume_flashcard(*, actor: Actor, flashcard: Flashcard) -> None:
    """Let a suspended card come again, when it would have come. Raises what `require` raises."""
    learner = _of_queue(actor, flashcard)
    FlashcardRest.objects.filter(learner=learner, flashcard=flashcard).delete()


def _of_queue(actor: Actor, flashcard: Flashcard) -> int:
    learner = _writer(actor)
    require(actor, VIEW_FLASHCARD, flashcard)
    if flashcard.owner_id is None:
        require(actor, LEARN_COURSE, flashcard.course)
    return learner


def _add(
    course: Course, cards: Sequence[Sides], owner: int | None, state: FlashcardState
) -> list[Flashcard]:
    there = Flashcard.objects.filter(course=course, owner=owner).count()
    if there + len(cards) > MAX_CARDS:
        raise Conflict(_("There is room for 2,000 cards of a course."), code="too_many")
    rows = [
        Flashcard(course=course, owner_id=owner, state=state, **_checked(course.pk, owner, one))
        for one in cards
    ]
    return Flashcard.objects.bulk_create(rows, batch_size=500)


def _checked(course_id: int, owner: int | None, sides: Sides) -> dict[str, object]:
    for name, text in (("front", sides.front), ("back", sides.back)):
        require_text(text, field=name, max_length=MAX_SIDE)
        if not text.strip():
            raise Invalid(_("Write something on this side."), field=name)
    outcome = sides.outcome
    if outcome is not None and (outcome.course_id != course_id or owner is not None):
        raise Invalid(_("This outcome belongs to another course."), field="outcome")
    return {"front": sides.front.strip(), "back": sides.back.strip(), "outcome": outcome}


def _locked(flashcard: Flashcard) -> Flashcard:
    fresh = lock(Flashcard.objects.filter(pk=flashcard.pk)).first()
    if fresh is None:
        raise NotFound
    return fresh


def _require_deck(row: Flashcard) -> None:
    if row.owner_id is not None:
        raise Conflict(_("A card of one's own is not published."), code="not_of_a_deck")


def _save(row: Flashcard) -> None:
    row.version += 1
    row.updated_at = clock.now()
    row.save()


def _writer(actor: Actor) -> int:
    require_write(actor)
    if actor.user_id is None:
        raise SignInRequired
    return actor.user_id
