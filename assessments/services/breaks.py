"""Stopping the clock of an attempt for the breaks that its learner may take."""

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.enums import StepKind
from assessments.models import Attempt
from assessments.queries.access import require_place
from assessments.rules import ANSWER_ATTEMPT
from assessments.services.closing import settle
from assessments.services.log import add_step
from assessments.services.running import end_break, open_attempt
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.errors import Conflict
from lms.kernel.rules import require


def pause_attempt(*, actor: Actor, attempt: Attempt) -> Attempt:
    """Stop the clock until it goes on or the break is used up; again is no error.

    The questions are out of sight meanwhile. Raises Conflict `no_break` without minutes left or
    without a deadline, `deadline_passed` or `attempt_closed`, and what `require` raises.
    """
    require(actor, ANSWER_ATTEMPT, attempt)
    require_place(actor, attempt.quiz)
    settle(attempt)
    with transaction.atomic():
        row = open_attempt(attempt)
        if row.paused_at is not None:
            return row
        if row.deadline is None or not row.break_left or clock.now() > row.deadline:
            raise Conflict(_("You have no break left in this attempt."), code="no_break")
        row.paused_at = clock.now()
        row.save(update_fields=["paused_at"])
        add_step(row, StepKind.PAUSED, actor=actor, data={"left": row.break_left})
    return row


def resume_attempt(*, actor: Actor, attempt: Attempt) -> Attempt:
    """Let the clock go on; the deadline moves by the time it stood. Again is no error."""
    require(actor, ANSWER_ATTEMPT, attempt)
    require_place(actor, attempt.quiz)
    settle(attempt)
    with transaction.atomic():
        row = open_attempt(attempt)
        if row.paused_at is not None:
            end_break(row, actor=actor)
    return row
