"""The end of an attempt: by its learner, or by the clock on any read and in a sweep."""

import logging

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.enums import AttemptState, StepKind
from assessments.events import AttemptSubmitted
from assessments.models import Attempt, AttemptQuestion, Quiz
from assessments.rules import ANSWER_ATTEMPT
from assessments.scoring.registry import with_drawn
from assessments.scoring.score import score_answer
from assessments.services.bank import version_content
from assessments.services.grading import refresh_grade, sum_up
from assessments.services.log import add_scored_steps, add_step, take_turn
from courses.services.progress import complete_for_learner
from lms.kernel import clock
from lms.kernel.actors import Actor, system
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict, NotFound
from lms.kernel.events import publish
from lms.kernel.rules import require

log = logging.getLogger(__name__)


def submit_attempt(*, actor: Actor, attempt: Attempt) -> Attempt:
    """Hand in and score; the same attempt however often it is called.

    Raises Conflict `deadline_passed` when the clock handed it in first; the saved answers count.
    """
    require(actor, ANSWER_ATTEMPT, attempt)
    settle(attempt)
    with transaction.atomic():
        row = _locked(attempt)
        if row.state == AttemptState.OPEN and not is_overdue(row):
            return _finish(row, actor=actor, by_clock=False)
    if row.closed_by_clock or row.state == AttemptState.OPEN:
        raise closed(row)
    return row


def settle(attempt: Attempt) -> Attempt:
    """Hand in an attempt whose time is up, in a transaction of its own; returns it as it is now.

    Edges call this before they show an attempt, so that no one waits for the sweep.
    """
    if attempt.state != AttemptState.OPEN or not is_overdue(attempt):
        return attempt
    with transaction.atomic():
        row = _locked(attempt)
        if row.state == AttemptState.OPEN and is_overdue(row):
            return _finish(row, actor=system("assessments.deadline"), by_clock=True)
        return row


def settle_open(quiz: Quiz, learner_id: int) -> None:
    """Settle the learner's open attempt at a quiz, if there is one."""
    rows = Attempt.objects.filter(
        quiz=quiz, learner_id=learner_id, state=AttemptState.OPEN, deadline__lt=clock.now()
    )
    for attempt in rows:
        settle(attempt)


def settle_overdue(*, quiz: Quiz | None = None, limit: int = 500) -> int:
    """Hand in every attempt whose time is up; returns how many. One failure stops no other."""
    rows = Attempt.objects.filter(state=AttemptState.OPEN, deadline__lt=clock.now())
    if quiz is not None:
        rows = rows.filter(quiz=quiz)
    done = 0
    for attempt in rows.order_by("deadline")[:limit]:
        try:
            done += settle(attempt).state != AttemptState.OPEN
        except Exception:
            log.exception("attempt %s could not be handed in", attempt.pk)
    return done


def is_overdue(attempt: Attempt) -> bool:
    """Whether the deadline has passed; an answer at the very moment still counts."""
    return attempt.deadline is not None and clock.now() > attempt.deadline


def closed(attempt: Attempt) -> Conflict:
    """Why nothing more can be written to an attempt."""
    if attempt.closed_by_clock or attempt.state == AttemptState.OPEN:
        words = _("Time is up. Your saved answers were handed in.")
        return Conflict(words, code="deadline_passed")
    return Conflict(_("This attempt has been submitted."), code="attempt_closed")


def _locked(attempt: Attempt) -> Attempt:
    take_turn(attempt.course_id, attempt.learner_id)
    rows = Attempt.objects.select_related("quiz__lesson", "learner")
    row = lock(rows.filter(pk=attempt.pk)).first()
    if row is None:
        raise NotFound
    return row


def _finish(row: Attempt, *, actor: Actor, by_clock: bool) -> Attempt:
    now = clock.now()
    row.submitted_at = row.deadline if by_clock and row.deadline else now
    row.closed_by_clock = by_clock
    add_step(row, StepKind.SUBMITTED, actor=actor, data={"by_clock": by_clock})
    row.state = AttemptState.SUBMITTED
    row.save(update_fields=["submitted_at", "closed_by_clock", "state"])
    _score(row, actor)
    done = sum_up(row, actor=actor)
    complete_for_learner(actor=actor, lesson=row.quiz.lesson, learner=row.learner)
    told = AttemptSubmitted(
        course_id=row.course_id,
        attempt_id=row.pk,
        quiz_id=row.quiz_id,
        learner_id=row.learner_id,
        score=str(row.score) if done else "",
        max_score=str(row.max_score),
        by_clock=by_clock,
    )
    publish(told, actor=actor)
    if done:
        refresh_grade(actor=actor, attempt=row)
    return row


def _score(row: Attempt, actor: Actor) -> None:
    """Score what scores itself; answers that people mark wait."""
    parts = list(row.questions.select_related("version__question"))
    for part in parts:
        content = with_drawn(version_content(part.version), part.drawn)
        scored = score_answer(content, part.answer, part.points)
        part.score, part.verdict = scored.score, scored.verdict
    told = [
        (part, {"score": str(part.score), "verdict": str(part.verdict)})
        for part in parts
        if part.score is not None
    ]
    add_scored_steps(row, told, actor=actor)
    AttemptQuestion.objects.bulk_update(parts, ["score", "verdict", "seq"])
