"""The review queue: flashcards, and questions whose answer somebody may know and once missed.

A question comes in when the right answer of an attempt at it may be seen and it was missed there.
It stays away while anything of that does not hold: its course is archived or left, its lesson
hidden, it is retired, an exam of the asker's courses keeps it, or an exam of theirs runs.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain, zip_longest

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from analytics.models import ReviewCard, ReviewLog
from analytics.queries.flashcards import coming_one, courses_learned, memories, unseen
from analytics.scoring.spacing import Memory
from assessments.enums import AttemptState, QuestionKind, QuestionState, ReviewItem, Verdict
from assessments.models import Attempt, AttemptQuestion
from assessments.queries.exam import exam_of
from assessments.queries.exam_bound import exam_bound
from assessments.queries.shown import shown_to_learner
from assessments.rules import VIEW_QUIZ
from assessments.scoring.kinds import Marking
from assessments.scoring.registry import type_of
from assessments.scoring.review import Items
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import NotFound

TOLD = frozenset({ReviewItem.ATTEMPT, ReviewItem.CORRECTNESS, ReviewItem.RIGHT_ANSWER})
MISSED = (Verdict.WRONG, Verdict.PARTIAL, Verdict.UNANSWERED)
DONE = (AttemptState.SCORED, AttemptState.RELEASED)
# Of so many newest attempts; older ones have been met again since, or are long gone.
MOST_ATTEMPTS = 1_000
NEW_A_DAY = 20
# A rating can be taken back for so long.
UNDO_FOR = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question that may come back: the newest sheet of it, where it was met, what that shows."""

    question: int
    part: int
    course: int
    shown: Items


@dataclass(frozen=True, slots=True)
class Due:
    """A question whose turn it is; `card` is None before its first rating."""

    candidate: Candidate
    card: ReviewCard | None

    @property
    def course(self) -> int:
        """Where it was met, by key."""
        return self.candidate.course


@dataclass(frozen=True, slots=True)
class DueFlashcard:
    """A flashcard whose turn it is, and its course, by key; `card` is None before its rating."""

    flashcard: int
    course: int
    card: ReviewCard | None


Turn = Due | DueFlashcard


@dataclass(frozen=True, slots=True)
class Queue:
    """What is to be reviewed now, in order. `closed` while an exam of the asker's runs.

    `next_at` is when the next card comes, of those that are not due.
    """

    due: list[Turn] = field(default_factory=list)
    new: int = 0
    held: int = 0
    next_at: datetime | None = None
    closed: bool = False

    @property
    def questions(self) -> list[Due]:
        """Those that are questions."""
        return [one for one in self.due if isinstance(one, Due)]

    @property
    def first(self) -> Turn | None:
        """The one to begin with."""
        return self.due[0] if self.due else None

    @property
    def again(self) -> int:
        """How many were rated before."""
        return len(self.due) - self.new


def review_queue(actor: Actor) -> Queue:
    """The asker's queue across their courses, in the same queries however long it is.

    Cards within minutes first, then reviews of today, the longest due first, then new ones, at most
    twenty a day.
    """
    if actor.user_id is None:
        return Queue()
    if exam_of(actor) is not None:
        return Queue(closed=True)
    found = candidates(actor)
    cards = {row.question_id: row for row in _cards(actor.user_id, found)}
    turns: list[Turn] = [Due(found[key], card) for key, card in cards.items() if key is not None]
    turns += [DueFlashcard(row.flashcard_id or 0, row.course_id, row) for row in memories(actor)]
    now = clock.now()
    until = _end_of_day(now)
    known = [one for one in turns if one.card and _is_due(one.card, now, until)]
    waiting = [one.card.due for one in turns if one.card and not _is_due(one.card, now, until)]
    fresh = _mixed(
        [Due(one, None) for key, one in found.items() if key not in cards],
        [DueFlashcard(key, course, None) for key, course in unseen(actor)],
    )
    begun = ReviewCard.objects.filter(
        learner=actor.user_id, created_at__gte=until - timedelta(days=1)
    )
    room = max(0, NEW_A_DAY - begun.count()) if fresh else 0
    return Queue(
        due=[*sorted(known, key=_order), *fresh[:room]],
        new=len(fresh[:room]),
        held=len(fresh[room:]),
        next_at=min(waiting, default=None),
    )


def _mixed(questions: list[Due], flashcards: list[DueFlashcard]) -> list[Turn]:
    """In turns, so that neither waits for the other to end."""
    pairs = chain.from_iterable(zip_longest(questions, flashcards))
    return [one for one in pairs if one is not None]


def candidates(actor: Actor, *, question_id: str = "") -> dict[int, Candidate]:
    """What may come back to the asker now, by the question's key; the oldest met first."""
    if actor.user_id is None:
        return {}
    attempts = Attempt.objects.filter(
        learner=actor.user_id,
        state__in=DONE,
        course__in=courses_learned(actor).values("pk"),
        quiz__in=VIEW_QUIZ.rows(actor).values("pk"),
    )
    newest = list(attempts.select_related("quiz").order_by("-submitted_at", "-pk")[:MOST_ATTEMPTS])
    shown = shown_to_learner(actor.user_id, newest)
    parts = AttemptQuestion.objects.filter(
        _seen([row for row in newest if shown[row.pk] >= TOLD], shown),
        version__question__state=QuestionState.READY,
        version__question__kind__in=KINDS,
    )
    if question_id:
        parts = parts.filter(version__question__public_id=question_id)
    found: dict[int, Candidate] = {}
    missed: set[int] = set()
    columns = ("pk", "attempt_id", "version__question_id", "attempt__course_id", "verdict")
    rows = parts.order_by("attempt__submitted_at", "pk").values_list(*columns)
    for part, attempt, question, course, verdict in rows:
        found[question] = Candidate(question, part, course, shown[attempt])
        if verdict in MISSED:
            missed.add(question)
    kept = exam_bound(actor, missed)
    return {key: one for key, one in found.items() if key in missed and key not in kept}


def _seen(rows: list[Attempt], shown: dict[int, Items]) -> Q:
    """The sheets of attempts as their reviews show them: pages not reached stay unseen."""
    scored = [row.pk for row in rows if ReviewItem.SCORE in shown[row.pk]]
    reached = Q(attempt__forward_only=False) | Q(page__lte=F("attempt__page"))
    return Q(attempt__in=scored) | (Q(attempt__in=[row.pk for row in rows]) & reached)


def candidate(actor: Actor, question_id: str) -> Candidate:
    """One question of the asker's queue by its public id; raises NotFound, also during an exam."""
    if not question_id or "\x00" in question_id or exam_of(actor) is not None:
        raise NotFound
    found = list(candidates(actor, question_id=question_id).values())
    if not found:
        raise NotFound
    return found[0]


def turn_of(actor: Actor, public_id: str) -> Turn:
    """A question or a flashcard of the asker's queue by its public id, due or not.

    Raises NotFound, also during an exam.
    """
    if not public_id or "\x00" in public_id or exam_of(actor) is not None:
        raise NotFound
    flashcard = coming_one(actor, public_id)
    if flashcard is None:
        return _with_card(actor, candidate(actor, public_id))
    card = ReviewCard.objects.filter(learner=actor.user_id, flashcard=flashcard).first()
    return DueFlashcard(flashcard.pk, flashcard.course_id, card)


def _with_card(actor: Actor, one: Candidate) -> Due:
    rows = ReviewCard.objects.filter(learner=actor.user_id, question=one.question)
    return Due(one, rows.first())


def memory_of(card: ReviewCard | None) -> Memory | None:
    """What the scheduler knows of a card."""
    if card is None:
        return None
    return Memory(
        state=card.state,
        step=card.step,
        stability=card.stability,
        difficulty=card.difficulty,
        due=card.due,
        last_review=card.last_review,
    )


def last_rating(actor: Actor) -> ReviewLog | None:
    """The asker's last rating, as long as it can be taken back."""
    rows = ReviewLog.objects.filter(learner=actor.user_id, at__gte=clock.now() - UNDO_FOR)
    return rows.select_related("card__question", "card__flashcard").order_by("-pk").first()


def rated_today(actor: Actor) -> int:
    """How many ratings the asker gave since midnight of their day."""
    return rated_since(actor, _end_of_day(clock.now()) - timedelta(days=1))


def rated_since(actor: Actor, since: datetime) -> int:
    """How many ratings the asker gave since a moment."""
    return ReviewLog.objects.filter(learner=actor.user_id, at__gte=since).count()


def due_by_day(actor: Actor, days: int) -> dict[int, int]:
    """How many cards come on each of the next days, 0 is today with all that is overdue."""
    if actor.user_id is None:
        return {}
    found = candidates(actor)
    today = timezone.localtime(clock.now()).date()
    counted: dict[int, int] = {}
    for card in chain(_cards(actor.user_id, found), memories(actor)):
        day = max(0, (timezone.localtime(card.due).date() - today).days)
        if day < days:
            counted[day] = counted.get(day, 0) + 1
    return counted


def _cards(learner_id: int, questions: Collection[int]) -> QuerySet[ReviewCard]:
    return ReviewCard.objects.filter(learner=learner_id, question__in=questions)


def _is_due(card: ReviewCard, now: datetime, until: datetime) -> bool:
    memory = memory_of(card)
    return card.due <= (now if memory is None or memory.in_steps else until)


def _order(one: Turn) -> tuple[bool, datetime]:
    memory = memory_of(one.card)
    if memory is None:
        return True, clock.now()
    return not memory.in_steps, memory.due


def _end_of_day(now: datetime) -> datetime:
    """The next midnight where the person is."""
    here = timezone.localtime(now)
    return here.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


KINDS = [kind for kind in QuestionKind.values if type_of(kind).marking is Marking.MACHINE]
