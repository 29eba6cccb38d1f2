"""What decides about what may be seen of an attempt, looked up for `scoring.review`."""

from dataclasses import replace

from assessments.enums import AttemptState, ReviewItem
from assessments.models import Attempt, Quiz
from assessments.queries.dates import dates_for, last_close
from assessments.rules import GRADE_ATTEMPT
from assessments.scoring.dates import Dates
from assessments.scoring.review import RIGHT_AFTER, Facts, Items, may_see, policy_from
from lms.kernel import clock
from lms.kernel.actors import Actor


def shown_of(actor: Actor, row: Attempt, *, final: bool = False) -> Items:
    """What the asker may see of an attempt that is theirs to see, or that they staff.

    `final` tells that the question in question takes no other answer.
    """
    staff = GRADE_ATTEMPT.may(actor, row)
    return may_see(policy_from(row.quiz.review), facts_of(row, staff=staff, final=final))


def shown_to_learner(row: Attempt, *, final: bool = False) -> Items:
    """What the learner of an attempt may see of it, whoever asks."""
    return may_see(policy_from(row.quiz.review), facts_of(row, final=final))


def facts_of(row: Attempt, *, staff: bool = False, final: bool = False) -> Facts:
    """The facts of one attempt; four queries at most, none for staff or while it is open."""
    facts = Facts(
        is_open=row.state == AttemptState.OPEN,
        released=row.state == AttemptState.RELEASED,
        staff=staff,
        final=final,
    )
    if facts.is_open or staff or row.submitted_at is None:
        return facts
    now, dates = clock.now(), dates_for(row.quiz, row.learner_id)
    closed = dates.closes_at is not None and now >= dates.closes_at
    return replace(
        facts,
        fresh=now <= row.submitted_at + RIGHT_AFTER,
        spent=not _may_go_again(row, dates, closed=closed),
        closed=closed,
        closed_for_all=is_closed_for_all(row.quiz),
    )


def is_closed_for_all(quiz: Quiz) -> bool:
    """Whether nobody can take the quiz any more: all dates are over, and no attempt is open."""
    if quiz.closes_at is None or clock.now() < quiz.closes_at:
        return False
    closed = last_close(quiz)
    if closed is None or clock.now() < closed:
        return False
    return not Attempt.objects.filter(quiz=quiz, state=AttemptState.OPEN).exists()


def tells_score(row: Attempt, *, staff: bool) -> bool:
    """Whether the score may be known: to staff once scored, to the learner once released."""
    if row.state == AttemptState.RELEASED:
        return True
    return staff and row.state != AttemptState.OPEN


def shows_all(shown: Items, *items: ReviewItem) -> bool:
    """Whether all of these are shown."""
    return frozenset(items) <= shown


def _may_go_again(row: Attempt, dates: Dates, *, closed: bool) -> bool:
    """Whether the learner can still earn something with the right answers.

    Attempts without number are for practice: nothing is held back there.
    """
    if dates.attempts_allowed is None:
        return False
    mine = Attempt.objects.filter(quiz=row.quiz, learner_id=row.learner_id)
    going = mine.filter(state=AttemptState.OPEN).exists()
    return going or (mine.count() < dates.attempts_allowed and not closed)
