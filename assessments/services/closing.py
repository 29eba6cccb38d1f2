"""The end of an attempt: by its learner, or by the clock on any read and in a sweep."""

import logging
from decimal import Decimal

from django.db import transaction

from assessments.enums import AttemptState, LateUnit, StepKind, Verdict
from assessments.events import AttemptSubmitted
from assessments.models import Attempt, AttemptQuestion, Quiz
from assessments.queries.access import require_place
from assessments.queries.code import is_scored_by_job, why_no_code
from assessments.queries.content import version_content
from assessments.queries.dates import dates_for
from assessments.queries.tries import rules_of, tries_of
from assessments.rules import ANSWER_ATTEMPT
from assessments.scoring.behaviour.registry import outcome
from assessments.scoring.lateness import LatePolicy, percent_off
from assessments.scoring.registry import with_drawn
from assessments.services.code_jobs import ask_for_scores
from assessments.services.grading import SUMMED_UP, refresh_grade, sum_up
from assessments.services.log import add_scored_steps, add_step, take_turn, write_scores
from assessments.services.running import break_is_over, closed, end_break, is_overdue
from courses.services.progress import complete_for_learner
from lms.kernel import clock
from lms.kernel.actors import Actor, system
from lms.kernel.db.locks import lock
from lms.kernel.errors import NotFound
from lms.kernel.events import publish
from lms.kernel.rules import require

log = logging.getLogger(__name__)


def submit_attempt(*, actor: Actor, attempt: Attempt) -> Attempt:
    """Hand in and score; the same attempt however often it is called.

    Raises Conflict `deadline_passed` when the clock handed it in first; the saved answers count.
    Raises Denied `address_not_allowed` from outside the quiz's networks.
    """
    require(actor, ANSWER_ATTEMPT, attempt)
    require_place(actor, attempt.quiz)
    settle(attempt)
    with transaction.atomic():
        row = _locked(attempt)
        if row.state == AttemptState.OPEN and not is_overdue(row):
            return _finish(row, actor=actor, by_clock=False)
    if row.closed_by_clock or row.state == AttemptState.OPEN:
        raise closed(row)
    return row


def settle(attempt: Attempt) -> Attempt:
    """Bring an attempt up to the clock, in a transaction of its own; returns it as it is now.

    A break that is used up ends, and an attempt whose time is up is handed in. Edges call this
    before they show an attempt, so that no one waits for the sweep.
    """
    if attempt.state != AttemptState.OPEN or not (is_overdue(attempt) or break_is_over(attempt)):
        return attempt
    actor = system("assessments.deadline")
    with transaction.atomic():
        row = _locked(attempt)
        if row.state == AttemptState.OPEN and break_is_over(row):
            end_break(row, actor=actor)
        if row.state == AttemptState.OPEN and is_overdue(row):
            return _finish(row, actor=actor, by_clock=True)
        return row


def settle_open(quiz: Quiz, learner_id: int) -> bool:
    """Settle the learner's open attempt at a quiz, if there is one; whether it is still open."""
    rows = Attempt.objects.filter(quiz=quiz, learner_id=learner_id, state=AttemptState.OPEN)
    row = rows.first()
    return row is not None and settle(row).state == AttemptState.OPEN


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


def _locked(attempt: Attempt) -> Attempt:
    take_turn(attempt.course_id, attempt.learner_id)
    rows = Attempt.objects.select_related("quiz__lesson", "learner")
    row = lock(rows.filter(pk=attempt.pk)).first()
    if row is None:
        raise NotFound
    return row


def _finish(row: Attempt, *, actor: Actor, by_clock: bool) -> Attempt:
    now = clock.now()
    if row.paused_at is not None:
        end_break(row, actor=actor)
    row.submitted_at = now if row.deadline is None else min(now, row.deadline)
    row.closed_by_clock = by_clock
    # As the column keeps it: what is answered now is what a later read will say.
    row.late_percent = _late_percent(row).quantize(Decimal("0.01"))
    told = {
        "by_clock": by_clock,
        "late_percent": str(row.late_percent),
        "submitted_at": row.submitted_at.isoformat(),
    }
    last = add_step(row, StepKind.SUBMITTED, actor=actor, data=told)
    row.state = AttemptState.SUBMITTED
    parts = _score(row, actor)
    scores = [part.score for part in parts]
    done = sum_up(row, actor=actor, scores=scores, seq=last.seq + 1)
    row.save(update_fields=["submitted_at", "closed_by_clock", "late_percent", *SUMMED_UP])
    if any(part.verdict == Verdict.WAITING and is_scored_by_job(part) for part in parts):
        _run_code(row)
    complete_for_learner(actor=actor, lesson=row.quiz.lesson, learner=row.learner)
    event = AttemptSubmitted(
        course_id=row.course_id,
        attempt_id=row.pk,
        quiz_id=row.quiz_id,
        learner_id=row.learner_id,
        score=str(row.score) if done else "",
        max_score=str(row.max_score),
        by_clock=by_clock,
    )
    publish(event, actor=actor)
    if done:
        refresh_grade(actor=actor, attempt=row)
    return row


def _late_percent(row: Attempt) -> Decimal:
    quiz = row.quiz
    policy = LatePolicy(LateUnit(quiz.late_unit), quiz.late_percent, quiz.late_cap)
    if policy.unit == LateUnit.NONE or row.submitted_at is None:
        return Decimal(0)
    due_at = dates_for(quiz, row.learner_id).due_at
    return percent_off(row.submitted_at - due_at, policy) if due_at else Decimal(0)


def _score(row: Attempt, actor: Actor) -> list[AttemptQuestion]:
    """Score what scores itself; answers that people mark wait. Returns all questions."""
    parts = list(row.questions.select_related("version__question", "scored_with__question"))
    tries = tries_of(row, parts)
    for part in parts:
        content = with_drawn(version_content(part.scored_with or part.version), part.drawn)
        scored = outcome(rules_of(row), content, tries[part.pk], part.points)
        part.score, part.verdict = scored.score, scored.verdict
    told = [
        (part, {"score": str(part.score), "verdict": str(part.verdict)})
        for part in parts
        if part.score is not None
    ]
    add_scored_steps(row, told, actor=actor)
    write_scores(parts)
    return parts


def _run_code(row: Attempt) -> None:
    if not why_no_code():
        ask_for_scores(row)
