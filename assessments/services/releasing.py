"""Releasing results by the clock: when a score is told later than at once, and nobody has to."""

import logging
from collections.abc import Iterator
from itertools import islice
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from assessments.enums import AttemptState, GradeSource, ReviewItem
from assessments.events import ResultsReleased
from assessments.models import Attempt, DateOverride, GradeChange, Quiz
from assessments.queries.facts import facts_of_many
from assessments.scoring.review import ReviewPolicy, policy_from, score_is_due
from assessments.services.grade import set_posted
from assessments.services.grading import refresh_grade
from assessments.services.log import take_turn
from assessments.services.totals import recount_learners
from lms.kernel import clock
from lms.kernel.actors import Actor, system
from lms.kernel.db.locks import lock
from lms.kernel.events import publish

MOST: Final = 500
CHUNK: Final = 250
SCORE: Final = ReviewItem.SCORE
log = logging.getLogger(__name__)


def release_due(*, limit: int = MOST) -> int:
    """Release every scored attempt whose score is due by now; how many. One failure stops no other.

    What staff hid stays hidden. Where scores are told at once, or by hand alone, nothing is due.
    """
    actor, done = system("assessments.release"), 0
    for quiz in _quizzes():
        released = 0
        for row in _due(quiz):
            if done + released >= limit:
                break
            try:
                released += _release(actor, row)
            except Exception:
                log.exception("attempt %s could not be released", row.pk)
        if released:
            told = ResultsReleased(
                course_id=quiz.course_id, quiz_id=quiz.pk, released_count=released
            )
            with transaction.atomic():
                publish(told, actor=actor)
        done += released
    return done


def _quizzes() -> Iterator[Quiz]:
    """Quizzes with attempts that wait for the clock, which may have come."""
    waiting = Attempt.objects.filter(quiz=OuterRef("pk"), state=AttemptState.SCORED)
    for quiz in Quiz.objects.filter(Exists(waiting), review__by_hand=False).order_by("pk"):
        policy = policy_from(quiz.review)
        if not policy.tells_score_at_once and _may_be_due(quiz, policy):
            yield quiz


def _may_be_due(quiz: Quiz, policy: ReviewPolicy) -> bool:
    if SCORE in policy.later | policy.spent:
        return True
    now = clock.now()
    if SCORE not in policy.closed or quiz.closes_at is None:
        return False
    others = DateOverride.objects.filter(quiz=quiz, closes_at__lte=now)
    return quiz.closes_at <= now or others.exists()


def _due(quiz: Quiz) -> Iterator[Attempt]:
    """Those that wait and whose score is due; the same few queries for every `CHUNK` of them."""
    policy = policy_from(quiz.review)
    waiting = _waiting(quiz).iterator(chunk_size=CHUNK)
    while rows := list(islice(waiting, CHUNK)):
        facts = facts_of_many(rows)
        yield from (row for row in rows if score_is_due(policy, facts[row.pk]))


def _waiting(quiz: Quiz) -> QuerySet[Attempt]:
    hidden = GradeChange.objects.filter(
        grade__item__quiz=quiz,
        grade__learner=OuterRef("learner"),
        source=GradeSource.POSTING,
        released_before=True,
        released_after=False,
    )
    rows = Attempt.objects.filter(quiz=quiz, state=AttemptState.SCORED)
    return rows.exclude(Exists(hidden)).select_related("quiz", "learner").order_by("pk")


def _release(actor: Actor, found: Attempt) -> bool:
    with transaction.atomic():
        take_turn(found.course_id, found.learner_id)
        rows = Attempt.objects.filter(pk=found.pk, state=AttemptState.SCORED)
        row = lock(rows.select_related("quiz", "learner")).first()
        if row is None:
            return False
        row.state = AttemptState.RELEASED
        row.save(update_fields=["state"])
        grade = refresh_grade(actor=actor, attempt=row)
        if grade.overridden and not grade.released:
            set_posted(actor=actor, grade=grade, released=True)
            recount_learners(row.course_id, {row.learner_id})
    return True
