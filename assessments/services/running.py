"""Until when an attempt can be written to, with the breaks in which its clock stands."""

from datetime import timedelta
from math import ceil

from django.utils.translation import gettext as _

from assessments.enums import AttemptState, StepKind
from assessments.models import Attempt, AttemptQuestion
from assessments.services.log import add_step
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict, NotFound

# What reading an answer asks of a drawn question.
TO_ANSWER = (
    "attempt_id",
    "page",
    "drawn",
    "seq",
    "answer",
    "certainty",
    "tries",
    "final",
    "points",
    "scored_with",
    "flagged",
    "version__stem",
    "version__body",
    "version__key",
    "version__explanation",
    "version__points",
    "version__question__kind",
    "version__question__difficulty",
)


def is_overdue(attempt: Attempt) -> bool:
    """Whether the deadline and its grace have passed; an answer at the very moment still counts.

    A break that runs moves the deadline along, until it is used up.
    """
    if attempt.deadline is None:
        return False
    until = attempt.deadline + _stood(attempt)
    return clock.now() > until + timedelta(seconds=attempt.grace_seconds)


def break_is_over(attempt: Attempt) -> bool:
    """Whether a break runs that is used up."""
    ends = attempt.break_ends_at
    return ends is not None and clock.now() >= ends


def end_break(attempt: Attempt, *, actor: Actor) -> None:
    """Let the clock of a locked attempt go on: the deadline moves by what it stood."""
    seconds = ceil(_stood(attempt).total_seconds())
    moved = timedelta(seconds=seconds)
    attempt.break_used += seconds
    attempt.deadline = attempt.deadline and attempt.deadline + moved
    attempt.paused_at = None
    attempt.save(update_fields=["break_used", "deadline", "paused_at"])
    until = attempt.deadline
    data = {"seconds": seconds, "deadline": until and until.isoformat()}
    add_step(attempt, StepKind.RESUMED, actor=actor, data=data)


def open_attempt(attempt: Attempt) -> Attempt:
    """The attempt under its lock; raises Conflict unless it can still be written to."""
    row = lock(Attempt.objects.filter(pk=attempt.pk)).first()
    if row is None:
        raise NotFound
    if row.state != AttemptState.OPEN or is_overdue(row):
        raise closed(row)
    return row


def open_question(attempt: Attempt, question: AttemptQuestion) -> tuple[Attempt, AttemptQuestion]:
    """The attempt under its lock and one of its questions, while answers are taken.

    Raises Conflict `attempt_paused` besides what `open_attempt` raises, NotFound for a question of
    another attempt or of a page that is not reached.
    """
    row = open_attempt(attempt)
    if row.paused_at is not None:
        raise Conflict(_("The clock stands. Go on before you answer."), code="attempt_paused")
    rows = AttemptQuestion.objects.select_related("version__question").only(*TO_ANSWER)
    part = rows.filter(attempt=row, pk=question.pk).first()
    if part is None or not is_reached(row, part):
        raise NotFound
    part.attempt = row
    return row, part


def is_reached(attempt: Attempt, question: AttemptQuestion) -> bool:
    """Whether the learner has come to the page of a question."""
    return not attempt.forward_only or question.page <= attempt.page


def require_page(attempt: Attempt, question: AttemptQuestion) -> None:
    """Raise Conflict `page_left` for a question on a page that was left for good."""
    if attempt.forward_only and question.page < attempt.page:
        words = _("You have left this page. Its answers cannot be changed any more.")
        raise Conflict(words, code="page_left")


def closed(attempt: Attempt) -> Conflict:
    """Why nothing more can be written to an attempt."""
    if attempt.closed_by_clock or attempt.state == AttemptState.OPEN:
        words = _("Time is up. Your saved answers were handed in.")
        return Conflict(words, code="deadline_passed")
    return Conflict(_("This attempt has been submitted."), code="attempt_closed")


def _stood(attempt: Attempt) -> timedelta:
    """For how long the clock has stood in the running break."""
    ends = attempt.break_ends_at
    if attempt.paused_at is None or ends is None:
        return timedelta(0)
    return min(clock.now(), ends) - attempt.paused_at
