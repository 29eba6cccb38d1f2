"""What marks come to: agreement, lateness, and the grade of every author."""

from decimal import Decimal
from typing import Final

from django.db.models import F
from django.utils.translation import gettext as _

from assessments.enums import GradeStatus, LateUnit, MarkRole
from assessments.models import Assignment, Grade, Mark, Outcome, Submission
from assessments.queries.lateness import lateness_of_submission
from assessments.scoring.agreement import Agreement, agreed, plain
from assessments.scoring.lateness import LatePolicy, deducted, in_words
from assessments.scoring.rubric import Judged, criteria_of, judged, picks_of
from assessments.services.grade import (
    Origin,
    item_of_assignment,
    set_posted,
    through_curve,
    write_grade,
)
from assessments.services.totals import recount_learner
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock

MAX_REASON: Final = 500


def policy_of(assignment: Assignment) -> LatePolicy:
    """What lateness costs in an assignment."""
    return LatePolicy(LateUnit(assignment.late_unit), assignment.late_percent, assignment.late_cap)


def agreement_of(row: Submission) -> Agreement:
    """What the marks that are done come to, without a moderator."""
    done = {mark.role: mark.score for mark in row.marks.filter(done=True)}
    return agreed(
        done.get(MarkRole.FIRST),
        done.get(MarkRole.SECOND),
        two=row.assignment.two_markers,
        points=row.assignment.points,
        threshold=row.assignment.threshold,
    )


def settle_outcome(actor: Actor, row: Submission) -> Outcome:
    """Bring the draft outcome in line with the marks; the caller holds the submission's lock.

    What was released stays with its authors until the next release.
    """
    found = agreement_of(row)
    words = [_rubric_words(row), found.words]
    return write_outcome(actor, row, found.mark, words)


def agree_outcome(actor: Actor, row: Submission, mark: Decimal, reason: str) -> Outcome:
    """A moderator's mark over two that differ; the caller holds the submission's lock."""
    scores = [plain(one.score) for one in row.marks.order_by("role") if one.score is not None]
    words = _("Two markers gave %(scores)s; agreed on %(mark)s.")
    told = words % {"scores": ", ".join(scores), "mark": plain(mark)}
    outcome = write_outcome(actor, row, mark, [told])
    outcome.agreed_by_id, outcome.agreed_reason = actor.user_id, reason
    outcome.save(update_fields=["agreed_by", "agreed_reason"])
    return outcome


def grade_authors(actor: Actor, row: Submission, outcome: Outcome, *, released: bool) -> None:
    """Write the grade of everybody whose work it is; the caller took their turns.

    One that was overridden in the gradebook stays, and is posted with the others. A draft is not
    written over a released grade, and not at all while marking is anonymous (Z7).
    """
    item = item_of_assignment(row.assignment)
    if outcome.score is None or (row.assignment.anonymous and not released):
        return
    late = bool(lateness_of_submission(row))
    for member in row.members.select_related("learner").order_by("learner_id"):
        known = Grade.objects.filter(item=item, learner=member.learner).first()
        if known is not None and (known.overridden or (known.released and not released)):
            _post_kept(actor, known, released=released)
            continue
        apart = member.apart_score
        reason = outcome.words if apart is None else member.apart_reason
        score, raw = through_curve(
            item, outcome.score if apart is None else apart, row.assignment.points
        )
        write_grade(
            actor=actor,
            item=item,
            learner=member.learner,
            score=score,
            max_score=row.assignment.points,
            status=GradeStatus.LATE if late else GradeStatus.GRADED,
            released=released,
            reason=reason[:MAX_REASON],
            origin=Origin(raw=raw),
        )


def _post_kept(actor: Actor, known: Grade, *, released: bool) -> None:
    """A grade that stays as it was set by hand is posted with the work it stands over."""
    row = lock(Grade.objects.select_related("item", "attempt").filter(pk=known.pk)).get()
    if released and set_posted(actor=actor, grade=row, released=True):
        recount_learner(row.item.course_id, row.learner_id)


def reopen_marking(row: Submission) -> None:
    """A new version came: its marks are drafts again. What was released stays with its authors."""
    row.marks.update(done=False, version=F("version") + 1, updated_at=clock.now())
    Outcome.objects.filter(submission=row).update(
        mark=None, score=None, taken=Decimal(0), words="", released=False, updated_at=clock.now()
    )


def clear_missing(actor: Actor, row: Submission) -> None:
    """Work that had been missing came: its grade says so, without the score for missing work."""
    item = item_of_assignment(row.assignment)
    ids = row.members.values("learner_id")
    for grade in item.grades.filter(status=GradeStatus.MISSING, learner__in=ids, overridden=False):
        write_grade(
            actor=actor,
            item=item,
            learner=grade.learner,
            score=None,
            max_score=row.assignment.points,
            status=GradeStatus.IN_PROGRESS,
            reason=_("The work came."),
        )


def write_outcome(actor: Actor, row: Submission, mark: Decimal | None, words: list[str]) -> Outcome:
    outcome = Outcome.objects.filter(submission=row).first() or Outcome(submission=row)
    outcome.work = row.versions.order_by("-number")[0]
    outcome.mark, outcome.score, outcome.taken = mark, None, Decimal(0)
    outcome.agreed_by, outcome.agreed_reason = None, ""
    if mark is not None:
        policy = policy_of(row.assignment)
        cost = deducted(mark, row.assignment.points, lateness_of_submission(row), policy)
        outcome.taken, outcome.score = cost.taken, cost.score
        words = [*words, in_words(cost, policy.unit)]
    outcome.words = " ".join(part for part in words if part)
    return draft_outcome(actor, row, outcome)


def draft_outcome(actor: Actor, row: Submission, outcome: Outcome) -> Outcome:
    """Keep an outcome as a draft; the caller holds the submission's lock."""
    outcome.released, outcome.updated_at = False, clock.now()
    outcome.save()
    grade_authors(actor, row, outcome, released=False)
    return outcome


def _rubric_words(row: Submission) -> str:
    """The arithmetic of the rubric, of one marker; two are told by their mean."""
    mark = row.marks.select_related("rubric").filter(role=MarkRole.FIRST).first()
    if mark is None or mark.rubric is None or mark.score is None or row.assignment.two_markers:
        return ""
    return rubric_words(mark, row.assignment.points)


def is_rubric_sum(mark: Mark, points: Decimal) -> bool:
    """Whether a mark is what its rubric adds up to, rather than a mark by hand."""
    if mark.rubric is None:
        return False
    found = _judged(mark)
    return found.complete and found.scaled(points) == mark.score


def rubric_words(mark: Mark, points: Decimal) -> str:
    """How the points of a rubric became the mark."""
    if mark.rubric is None or mark.score is None:
        return ""
    found = _judged(mark)
    values = {
        "given": plain(found.given),
        "most": plain(found.most),
        "mark": plain(mark.score),
        "points": plain(points),
    }
    if is_rubric_sum(mark, points):
        return _("Rubric: %(given)s of %(most)s, which makes %(mark)s of %(points)s.") % values
    return _("Mark set by hand: %(mark)s of %(points)s.") % values


def _judged(mark: Mark) -> Judged:
    criteria = criteria_of(mark.rubric.criteria) if mark.rubric else ()
    return judged(criteria, picks_of(mark.picks))
