"""What decides about what may be seen of an attempt, looked up for `scoring.review`."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from assessments.enums import AttemptState
from assessments.models import Attempt, Quiz
from assessments.queries.dates import dates_for, dates_of_learners, last_close
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


def facts_of(row: Attempt, *, staff: bool = False, final: bool = False) -> Facts:
    """The facts of one attempt; a few queries, none for staff or while it is open."""
    facts = standing_facts(row, staff=staff, final=final)
    if facts.is_open or staff or row.submitted_at is None:
        return facts
    dates = dates_for(row.quiz, row.learner_id)
    states: list[str] = []
    if dates.attempts_allowed is not None:
        mine = Attempt.objects.filter(quiz=row.quiz_id, learner_id=row.learner_id)
        states = list(mine.order_by().values_list("state", flat=True))
    return dated_facts(facts, row, dates, states, closed_for_all=is_closed_for_all(row.quiz))


def facts_of_many(rows: Iterable[Attempt]) -> dict[int, Facts]:
    """The facts of attempts as their learners' reviews take them, by key.

    A few queries for each quiz, however many attempts it has. `quiz` and `learner` are loaded.
    """
    by_quiz: defaultdict[int, list[Attempt]] = defaultdict(list)
    found: dict[int, Facts] = {}
    for row in rows:
        found[row.pk] = standing_facts(row)
        if not found[row.pk].is_open and row.submitted_at is not None:
            by_quiz[row.quiz_id].append(row)
    for group in by_quiz.values():
        found |= _of_quiz(group[0].quiz, group)
    return found


def _of_quiz(quiz: Quiz, rows: Sequence[Attempt]) -> dict[int, Facts]:
    people = {row.learner_id: row.learner for row in rows}
    dates = {one.learner.pk: one.dates for one in dates_of_learners(quiz, people.values())}
    states: defaultdict[int, list[str]] = defaultdict(list)
    attempts = Attempt.objects.filter(quiz=quiz, learner__in=people).order_by()
    for learner_id, state in attempts.values_list("learner_id", "state"):
        states[learner_id].append(state)
    over = is_closed_for_all(quiz)
    return {
        row.pk: dated_facts(
            standing_facts(row),
            row,
            dates[row.learner_id],
            states[row.learner_id],
            closed_for_all=over,
        )
        for row in rows
    }


def standing_facts(row: Attempt, *, staff: bool = False, final: bool = False) -> Facts:
    """What the attempt itself says, before the clock does."""
    return Facts(
        is_open=row.state == AttemptState.OPEN,
        released=row.state == AttemptState.RELEASED,
        staff=staff,
        final=final,
    )


def dated_facts(
    facts: Facts, row: Attempt, dates: Dates, states: Sequence[str], *, closed_for_all: bool
) -> Facts:
    """The facts with what the clock says; `states` are those of the learner's attempts."""
    now = clock.now()
    closed = dates.closes_at is not None and now >= dates.closes_at
    return replace(
        facts,
        fresh=row.submitted_at is not None and now <= row.submitted_at + RIGHT_AFTER,
        spent=not _may_go_again(dates, states, closed=closed),
        closed=closed,
        closed_for_all=closed_for_all,
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


def _may_go_again(dates: Dates, states: Sequence[str], *, closed: bool) -> bool:
    """Whether the learner can still earn something with the right answers.

    Attempts without number are for practice: nothing is held back there.
    """
    if dates.attempts_allowed is None:
        return False
    going = AttemptState.OPEN in states
    return going or (len(states) < dates.attempts_allowed and not closed)
