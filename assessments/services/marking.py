"""Marking: a marker's mark, the second marker's, the moderator's word."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.enums import MarkRole
from assessments.models import Mark, Outcome, Submission, SubmissionMember
from assessments.rules import MARK_SUBMISSION
from assessments.scoring.content import POINT_DECIMALS
from assessments.scoring.rubric import (
    Pick,
    checked_picks,
    criteria_of,
    judged,
    picks_json,
)
from assessments.services.log import take_turns
from assessments.services.outcome import agree_outcome, agreement_of, settle_outcome
from assessments.services.rubric import lock_version
from courses.rules import MANAGE_COURSE
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict, Invalid, NotFound, SignInRequired, Stale
from lms.kernel.rules import allows, require
from lms.kernel.text import require_text

MAX_WORDS: Final = 20_000
MAX_REASON: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a marker writes: points by criterion, a mark of their own over them, words.

    Without `score` the mark is the rubric's sum as a share of the points, once it is complete.
    """

    picks: Mapping[str, Pick] = field(default_factory=dict)
    score: Decimal | None = None
    feedback: str = ""
    private_note: str = ""


@transaction.atomic
def save_mark(
    *,
    actor: Actor,
    submission: Submission,
    judgement: Judgement,
    done: bool,
    expected: int | None = None,
) -> Mark:
    """Keep the actor's mark; `done` hands it over for agreement and release.

    `expected` is the version of their mark that they saw, 0 for none. Raises Invalid naming
    `score`, `picks` or `feedback`, Conflict `marked_by_others`, Stale.
    """
    require(actor, MARK_SUBMISSION, submission)
    if actor.user_id is None:
        raise SignInRequired
    row = locked_submission(submission)
    mark = _own_mark(actor, actor.user_id, row)
    if expected is not None and expected != (mark.version if mark.pk else 0):
        raise Stale
    _fill(row, mark, judgement, done=done)
    mark.version = mark.version + 1 if mark.pk else 1
    mark.updated_at = clock.now()
    mark.save()
    if mark.rubric is not None:
        lock_version(mark.rubric)
    settle_outcome(actor, row)
    return mark


@transaction.atomic
def agree_mark(*, actor: Actor, submission: Submission, score: Decimal, reason: str) -> Outcome:
    """The mark that counts where two differ, by an instructor and with a reason.

    Raises Conflict `nothing_to_agree` unless two marks are done, Invalid for `score`, `reason`.
    """
    require(actor, MARK_SUBMISSION, submission)
    require(actor, MANAGE_COURSE, submission.course)
    row = locked_submission(submission)
    if not row.assignment.two_markers or row.marks.filter(done=True).count() < 2:
        words = _("Both markers have to be done first.")
        raise Conflict(words, code="nothing_to_agree")
    check_mark(score, row.assignment.points)
    return agree_outcome(actor, row, score, _reason(reason))


@transaction.atomic
def grade_apart(
    *, actor: Actor, member: SubmissionMember, score: Decimal | None, reason: str
) -> SubmissionMember:
    """Give one member of a group another score than the group, or None to give it back.

    It counts from the next release on. Raises Invalid for `score`, `reason`.
    """
    row = locked_submission(member.submission)
    require(actor, MARK_SUBMISSION, row)
    if row.learner_id is not None:
        raise Conflict(_("This is no group work."), code="not_a_group")
    if score is not None:
        check_mark(score, row.assignment.points)
        reason = _reason(reason)
    member.apart_score, member.apart_reason = score, reason if score is not None else ""
    member.save(update_fields=["apart_score", "apart_reason"])
    Outcome.objects.filter(submission=row).update(released=False, updated_at=clock.now())
    return member


def locked_submission(submission: Submission) -> Submission:
    """The submission under its lock, after the turns of its authors; raises NotFound."""
    ids = submission.members.values_list("learner_id", flat=True)
    take_turns(submission.course_id, list(ids))
    related = ("assignment__lesson", "assignment__rubric", "course")
    row = lock(Submission.objects.select_related(*related).filter(pk=submission.pk)).first()
    if row is None:
        raise NotFound
    return row


def check_mark(score: Decimal, most: Decimal) -> None:
    """Raise Invalid for a mark outside 0 to `most` or with more than four decimals."""
    exponent = score.as_tuple().exponent
    if not score.is_finite() or not 0 <= score <= most:
        words = _("The mark lies between 0 and %(most)s.") % {"most": f"{most.normalize():f}"}
        raise Invalid(words, field="score")
    if isinstance(exponent, int) and exponent < -POINT_DECIMALS:
        raise Invalid(_("The mark has at most four decimals."), field="score")


def _own_mark(actor: Actor, marker_id: int, row: Submission) -> Mark:
    """The actor's mark, or a new one in the role that is free."""
    marks = list(lock(Mark.objects.select_related("rubric").filter(submission=row)))
    mine = next((mark for mark in marks if mark.marker_id == marker_id), None)
    if mine is not None:
        return mine
    taken = {mark.role for mark in marks}
    roles = [MarkRole.FIRST, MarkRole.SECOND] if row.assignment.two_markers else [MarkRole.FIRST]
    free = next((role for role in roles if role not in taken), None)
    if free is not None:
        rubric = row.assignment.rubric
        return Mark(submission=row, marker_id=marker_id, role=free, rubric=rubric)
    single = marks[0]
    takes_over = single.done or allows(actor, MANAGE_COURSE, row.course)
    if row.assignment.two_markers or not takes_over:
        raise Conflict(_("Somebody else is marking this."), code="marked_by_others")
    single.marker_id = marker_id
    return single


def _fill(row: Submission, mark: Mark, judgement: Judgement, *, done: bool) -> None:
    for name in ("feedback", "private_note"):
        text = require_text(getattr(judgement, name), field=name, max_length=MAX_WORDS)
        setattr(mark, name, text.replace("\r\n", "\n"))
    criteria = criteria_of(mark.rubric.criteria) if mark.rubric else ()
    picks = checked_picks(criteria, judgement.picks)
    mark.picks = picks_json(picks)
    mark.work = row.versions.order_by("-number")[0]
    mark.score = judgement.score
    if mark.score is None and criteria:
        found = judged(criteria, picks)
        mark.score = found.scaled(row.assignment.points) if found.complete else None
    if mark.score is not None:
        check_mark(mark.score, row.assignment.points)
    if done and mark.score is None:
        words = _("Decide every criterion, or give a mark.") if criteria else _("Give a mark.")
        raise Invalid(words, field="score")
    mark.done = done


def _reason(reason: str) -> str:
    if not reason.strip():
        raise Invalid(_("Say why."), field="reason")
    return require_text(reason.strip(), field="reason", max_length=MAX_REASON)


def needs_agreement(row: Submission) -> bool:
    """Whether two marks are done and lie too far apart."""
    return agreement_of(row).differ
