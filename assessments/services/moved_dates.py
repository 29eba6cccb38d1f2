"""When dates of assignments move, what hangs on them follows: lateness, and what is missing."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from assessments.enums import GradeStatus
from assessments.models import Assignment, Grade, Outcome, Submission
from assessments.queries.due import windows_for
from assessments.queries.handing_in import misses_from
from assessments.queries.lateness import latenesses
from assessments.scoring.lateness import LatePolicy, deducted, in_words
from assessments.services.grade import write_grade
from assessments.services.marking import locked_submission
from assessments.services.outcome import draft_outcome, policy_of
from lms.kernel import clock
from lms.kernel.actors import Actor

Lateness = dict[int, timedelta]


@contextmanager
def moving_dates(
    actor: Actor,
    works: QuerySet[Submission],
    *,
    assignment: Assignment | None = None,
    learner: User | None = None,
) -> Iterator[None]:
    """Inside, dates move that `works` hang on; afterwards their marks follow.

    Marks whose lateness became another are drafts again, with the new cost; what was released stays
    with its authors until the next release. Missing work of `assignment` or of `learner` that may
    come after all is in progress again. The caller opened the transaction.
    """
    rows = list(_judged(works))
    before = _latenesses(rows)
    policies = {row.assignment_id: policy_of(row.assignment) for row in rows}
    yield
    rows = list(_judged(works))
    after = _latenesses(rows)
    for row in rows:
        if row.pk in before:
            _cost_anew(actor, row, before[row.pk], after[row.pk], policies[row.assignment_id])
    reopen_missing(actor, assignment, learner)


def _judged(works: QuerySet[Submission]) -> QuerySet[Submission]:
    return works.filter(outcome__mark__isnull=False).select_related("assignment").order_by("pk")


def _latenesses(rows: list[Submission]) -> Lateness:
    found: Lateness = {}
    for asked in {row.assignment_id: row.assignment for row in rows}.values():
        found |= latenesses(asked, [row for row in rows if row.assignment_id == asked.pk])
    return found


def _cost_anew(
    actor: Actor, work: Submission, before: timedelta, after: timedelta, old_policy: LatePolicy
) -> None:
    """Take the new cost of lateness off the same mark; who agreed on it and why stays."""
    if (before, old_policy) == (after, policy_of(work.assignment)):
        return
    row = locked_submission(work)
    outcome = Outcome.objects.filter(submission=row).first()
    if outcome is None or outcome.mark is None:
        return
    points = row.assignment.points
    old = deducted(outcome.mark, points, before, old_policy)
    policy = policy_of(row.assignment)
    cost = deducted(outcome.mark, points, after, policy)
    if (old.score, in_words(old, old_policy.unit)) == (cost.score, in_words(cost, policy.unit)):
        return
    told = outcome.words.removesuffix(in_words(old, old_policy.unit)).rstrip()
    words = [told, in_words(cost, policy.unit)]
    outcome.taken, outcome.score = cost.taken, cost.score
    outcome.words = " ".join(part for part in words if part)
    draft_outcome(actor, row, outcome)


def reopen_missing(actor: Actor, assignment: Assignment | None, learner: User | None) -> None:
    """What was graded as missing and may come after all is in progress; None means any.

    The caller opened the transaction.
    """
    rows = Grade.objects.filter(
        status=GradeStatus.MISSING, overridden=False, item__assignment__isnull=False
    )
    if assignment is not None:
        rows = rows.filter(item__assignment=assignment)
    if learner is not None:
        rows = rows.filter(learner=learner)
    grades = list(rows.select_related("item__assignment", "learner").order_by("item", "learner"))
    for asked in {grade.item.assignment for grade in grades if grade.item.assignment}:
        mine = [grade for grade in grades if grade.item.assignment_id == asked.pk]
        windows = windows_for(asked, [grade.learner_id for grade in mine])
        for grade in mine:
            over = misses_from(windows[grade.learner_id])
            if over is None or clock.now() <= over:
                _in_progress(actor, grade, asked.points)


def _in_progress(actor: Actor, grade: Grade, points: Decimal) -> None:
    write_grade(
        actor=actor,
        item=grade.item,
        learner=grade.learner,
        score=None,
        max_score=points,
        status=GradeStatus.IN_PROGRESS,
        reason=_("Its dates moved: it may still come."),
    )
