"""Taking a quiz: start, save answers, flag, get more time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from assessments.enums import AttemptState, Certainty, Navigation, StepKind
from assessments.events import AttemptStarted
from assessments.models import (
    Attempt,
    AttemptQuestion,
    AttemptStep,
    Quiz,
)
from assessments.queries.access import require_place
from assessments.queries.content import version_content
from assessments.queries.dates import terms_for
from assessments.queries.quiz import cooled_at
from assessments.rules import ANSWER_ATTEMPT, GRADE_ATTEMPT, TAKE_QUIZ
from assessments.scoring.behaviour.registry import behaviour_of
from assessments.scoring.dates import Dates, deadline_of
from assessments.scoring.kinds import Answer
from assessments.scoring.registry import read_answer, with_drawn
from assessments.services.access import require_code
from assessments.services.answer_file import name_files
from assessments.services.claiming import plan_for
from assessments.services.closing import settle, settle_open
from assessments.services.drawing import count_uses
from assessments.services.log import add_step, started_data, take_turn
from assessments.services.running import open_attempt, open_question, require_page
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import Conflict, Invalid, SignInRequired
from lms.kernel.events import publish
from lms.kernel.rules import require
from lms.kernel.text import require_text

# Room above what clients may send for the steps that the server adds.
MAX_SEQ = 2_000_000_000
MAX_EXTRA_MINUTES = 24 * 60
MAX_REASON = 500


@dataclass(frozen=True, slots=True)
class Saved:
    """An acknowledged step: its number, its time, and the deadline as it stands now."""

    seq: int
    saved_at: datetime
    deadline: datetime | None


def start_attempt(*, actor: Actor, quiz: Quiz, access_code: str = "") -> Attempt:
    """The learner's open attempt, or a new one with its questions drawn and its deadline fixed.

    Raises Conflict `not_open_yet`, `quiz_closed`, `no_attempts_left`, `cooling_down`, `quiz_empty`,
    `draw_short` or `attempt_closed` (an open one ended in this moment), Denied
    `address_not_allowed`, what `require_code` raises for a new attempt, and what `require` raises.
    """
    require(actor, TAKE_QUIZ, quiz)
    if actor.user_id is None:
        raise SignInRequired
    require_place(actor, quiz)
    goes_on = settle_open(quiz, actor.user_id)
    if not goes_on:
        require_code(learner_id=actor.user_id, quiz=quiz, code=access_code)
    with transaction.atomic():
        take_turn(quiz.course_id, actor.user_id)
        mine = list(Attempt.objects.filter(quiz=quiz, learner_id=actor.user_id))
        going = next((one for one in mine if one.state == AttemptState.OPEN), None)
        if going is not None:
            return going
        if goes_on and quiz.access_code:
            # Handed in meanwhile, by another request: the next one asks for its code.
            words = _("Your attempt has ended. Start again for another one.")
            raise Conflict(words, code="attempt_closed")
        return _begin(actor, Quiz.objects.get(pk=quiz.pk), actor.user_id, mine)


def save_answer(
    *,
    actor: Actor,
    attempt: Attempt,
    question: AttemptQuestion,
    answer: object,
    seq: int,
    certainty: int | None = None,
) -> Saved:
    """Append an answer to the log; None clears it. Acknowledged means committed.

    `certainty` (1..3) is kept where the attempt asks for it.

    `seq` must be above the question's last one. The same number with the same answer is answered
    like the first time, so that a client may send again what it does not know to have arrived.
    Raises Conflict `stale_seq`, `question_final`, `deadline_passed`, `attempt_closed`, `page_left`
    when its page was left for good, NotFound for a question on a page that is not reached, Invalid
    for an answer of the wrong shape, Denied `address_not_allowed`.
    """
    require(actor, ANSWER_ATTEMPT, attempt)
    require_place(actor, attempt.quiz)
    check_seq(seq)
    settle(attempt)
    with transaction.atomic():
        row, part = open_question(attempt, question)
        value = read_answer(with_drawn(version_content(part.version), part.drawn), answer)
        value = name_files(part, value)
        data = answer_data(row, value, certainty)
        known = repeated(part, seq, StepKind.ANSWER_SAVED, data)
        if known is not None:
            return Saved(seq, known.at, row.deadline)
        require_changeable(part)
        step = add_step(row, StepKind.ANSWER_SAVED, actor=actor, question=part, seq=seq, data=data)
        part.answer, part.answered_at = value, step.at
        part.certainty = data.get("certainty")
        part.save(update_fields=["answer", "answered_at", "certainty", "seq"])
    return Saved(seq, step.at, row.deadline)


def flag_question(
    *,
    actor: Actor,
    attempt: Attempt,
    question: AttemptQuestion,
    flagged: bool,
    seq: int | None = None,
) -> Saved:
    """Mark a question to come back to, or unmark it. `seq` as in `save_answer`, or the next."""
    require(actor, ANSWER_ATTEMPT, attempt)
    require_place(actor, attempt.quiz)
    if seq is not None:
        check_seq(seq)
    settle(attempt)
    with transaction.atomic():
        row, part = open_question(attempt, question)
        require_page(row, part)
        if seq is not None and seq <= part.seq:
            raise _stale(part)
        data = {"flagged": flagged}
        step = add_step(row, StepKind.FLAGGED, actor=actor, question=part, seq=seq, data=data)
        part.flagged = flagged
        part.save(update_fields=["flagged", "seq"])
    return Saved(part.seq, step.at, row.deadline)


@transaction.atomic
def extend_attempt(*, actor: Actor, attempt: Attempt, minutes: int, reason: str) -> Attempt:
    """Give an open attempt more time, on the record.

    Raises Conflict when the attempt is closed or has no deadline, Invalid for `minutes` outside
    1..1440 or an empty reason.
    """
    require(actor, GRADE_ATTEMPT, attempt)
    if not 1 <= minutes <= MAX_EXTRA_MINUTES:
        raise Invalid(_("Give between 1 minute and 24 hours."), field="minutes")
    if not reason.strip():
        raise Invalid(_("Say why."), field="reason")
    require_text(reason, field="reason", max_length=MAX_REASON)
    row = open_attempt(attempt)
    if row.deadline is None:
        raise Conflict(_("This attempt has no time limit."), code="no_deadline")
    row.deadline += timedelta(minutes=minutes)
    row.save(update_fields=["deadline"])
    data = {"minutes": minutes, "reason": reason.strip(), "deadline": row.deadline.isoformat()}
    add_step(row, StepKind.EXTENDED, actor=actor, data=data)
    return row


def _begin(actor: Actor, quiz: Quiz, learner_id: int, mine: Sequence[Attempt]) -> Attempt:
    started = clock.now()
    dates, relief = terms_for(quiz, learner_id)
    _require_turn(quiz, mine, dates, now=started)
    plan = plan_for(quiz, learner_id, is_first=not mine)
    attempt = Attempt.objects.create(
        quiz=quiz,
        course_id=quiz.course_id,
        learner_id=learner_id,
        number=len(mine) + 1,
        started_at=started,
        deadline=deadline_of(started, dates).at,
        grace_seconds=quiz.grace_seconds,
        break_seconds=relief.break_minutes * 60,
        behaviour=quiz.behaviour,
        tries_allowed=quiz.tries_allowed,
        try_penalty=quiz.try_penalty,
        forward_only=quiz.navigation == Navigation.FORWARD,
        page_count=plan.page_count,
        max_score=plan.max_score,
    )
    plan.write(attempt)
    add_step(attempt, StepKind.STARTED, actor=actor, seq=1, data=started_data(attempt))
    told = AttemptStarted(
        course_id=quiz.course_id, attempt_id=attempt.pk, quiz_id=quiz.pk, learner_id=learner_id
    )
    publish(told, actor=actor)
    count_uses(quiz, learner_id, plan.drawn)
    return attempt


def _require_turn(quiz: Quiz, mine: Sequence[Attempt], dates: Dates, *, now: datetime) -> None:
    """Whether a learner with these attempts may start one more now; raises Conflict."""
    if dates.attempts_allowed is not None and len(mine) >= dates.attempts_allowed:
        raise Conflict(_("You have used all attempts."), code="no_attempts_left")
    _require_open(dates, now)
    ready = cooled_at(quiz, mine)
    if ready is not None and now < ready:
        when = date_format(timezone.localtime(ready), "DATETIME_FORMAT")
        words = _("You can start another attempt from %(when)s.") % {"when": when}
        raise Conflict(words, code="cooling_down")


def _require_open(dates: Dates, now: datetime) -> None:
    if dates.opens_at is not None and now < dates.opens_at:
        raise Conflict(_("This quiz is not open yet."), code="not_open_yet")
    if dates.closes_at is not None and now >= dates.closes_at:
        raise Conflict(_("This quiz has closed."), code="quiz_closed")


def answer_data(row: Attempt, value: Answer, certainty: int | None) -> dict[str, Any]:
    """What a step says of an answer; raises Invalid for a certainty that there is not."""
    if not behaviour_of(row.behaviour).asks_certainty or value is None:
        return {"answer": value}
    if certainty is not None and certainty not in Certainty.values:
        raise Invalid(_("Say how sure you are with 1, 2 or 3."), field="certainty")
    return {"answer": value, "certainty": certainty}


def require_changeable(part: AttemptQuestion) -> None:
    """Raise Conflict `question_final` when no other answer is taken."""
    if part.final:
        words = _("This question is answered for good.")
        raise Conflict(words, code="question_final")


def repeated(
    part: AttemptQuestion, seq: int, kind: StepKind, data: dict[str, Any]
) -> AttemptStep | None:
    """The step of that number when it says the same; raises Conflict for a lower or other one.

    Of a page that was left, only what had come before is answered: else Conflict `page_left`.
    """
    if seq == part.seq:
        known = part.steps.filter(seq=seq, kind=kind).first()
        if known is not None and known.data.items() >= data.items():
            return known
    require_page(part.attempt, part)
    if seq > part.seq:
        return None
    raise _stale(part)


def _stale(part: AttemptQuestion) -> Conflict:
    words = _("A newer answer is saved already (number %(seq)s).") % {"seq": part.seq}
    return Conflict(words, code="stale_seq")


def check_seq(seq: int) -> None:
    """Raise Invalid for a number that no step can have."""
    if not 1 <= seq <= MAX_SEQ:
        raise Invalid(_("seq is a whole number from 1 to 2000000000."), field="seq")
