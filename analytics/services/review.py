"""Rating a card of the review queue, and taking the last rating back."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from analytics.models import ReviewCard, ReviewLog
from analytics.queries.review import Due, Turn, last_rating, memory_of, turn_of
from analytics.scoring.spacing import Memory, Recall, rated
from courses.models import Course
from courses.rules import LEARN_COURSE
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict, Denied, NotFound, SignInRequired
from lms.kernel.rules import require

FIELDS = ("state", "step", "stability", "difficulty", "reps", "lapses")
MOMENTS = ("due", "last_review")


@transaction.atomic
def rate_card(*, actor: Actor, item_id: str, recall: Recall, reps: int) -> ReviewCard:
    """Rate how well the asker remembered a question or a flashcard, and say when it comes back.

    `item_id` is its public id, `reps` is how often it was rated before, so that a form sent twice
    rates once. Raises NotFound for what is not in the queue, Conflict `rated_already`, and what
    `require` raises.
    """
    learner = _writer(actor)
    lock(User.objects.filter(pk=learner)).get()
    turn = turn_of(actor, item_id)
    require(actor, LEARN_COURSE, Course.objects.get(pk=turn.course))
    card = turn.card
    if (card.reps if card else 0) != reps:
        raise Conflict(_("This card was rated already."), code="rated_already")
    after = rated(memory_of(card), recall, clock.now())
    before = _snapshot(card) if card else None
    if card is None:
        card = _new(turn, learner)
    _remember(card, after)
    card.reps += 1
    card.lapses += recall == Recall.AGAIN and reps > 0
    card.save()
    ReviewLog.objects.create(
        card=card, learner_id=learner, rating=recall, at=clock.now(), before=before
    )
    return card


@transaction.atomic
def undo_rating(*, actor: Actor) -> str:
    """Take the asker's last rating back; the public id of its question or flashcard.

    Raises NotFound without one within twelve hours.
    """
    learner = _writer(actor)
    lock(User.objects.filter(pk=learner)).get()
    log = last_rating(actor)
    if log is None:
        raise NotFound(_("There is no rating to take back."))
    card = log.card
    item = _item(card)
    log.delete()
    if log.before is None:
        card.delete()
        return item
    for name in FIELDS:
        setattr(card, name, log.before[name])
    for name in MOMENTS:
        setattr(card, name, datetime.fromisoformat(log.before[name]))
    card.save()
    return item


def _writer(actor: Actor) -> int:
    if actor.user_id is None:
        raise SignInRequired
    if not actor.can_write:
        raise Denied
    return actor.user_id


def _new(turn: Turn, learner: int) -> ReviewCard:
    card = ReviewCard(learner_id=learner, course_id=turn.course)
    if isinstance(turn, Due):
        card.question_id = turn.candidate.question
    else:
        card.flashcard_id = turn.flashcard
    return card


def _item(card: ReviewCard) -> str:
    found = card.question or card.flashcard
    return found.public_id if found else ""


def _remember(card: ReviewCard, after: Memory) -> None:
    card.state, card.step = after.state, after.step
    card.stability, card.difficulty = after.stability, after.difficulty
    card.due, card.last_review = after.due, after.last_review


def _snapshot(card: ReviewCard) -> dict[str, Any]:
    plain = {name: getattr(card, name) for name in FIELDS}
    return plain | {name: getattr(card, name).isoformat() for name in MOMENTS}
