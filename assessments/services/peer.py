"""Peer review: set up, moved through its phases, written, closed, objected to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from random import SystemRandom
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from assessments.enums import AppealState, PeerPhase, SubmissionState
from assessments.models import (
    Assignment,
    PeerAppeal,
    PeerExample,
    PeerReview,
    PeerTask,
    PeerTry,
    Submission,
    SubmissionMember,
)
from assessments.queries.dates import review_dates_for
from assessments.queries.peer import done_reviews, errors_of
from assessments.queries.peer_workflow import may_appeal, may_move, may_review
from assessments.rules import (
    EDIT_ASSIGNMENT,
    MARK_SUBMISSION,
    WRITE_PEER_TASK,
    is_author,
)
from assessments.scoring.peer_allocation import Work, top_up
from assessments.scoring.peer_score import PeerScore, peer_mark, peer_words, weight_of
from assessments.scoring.rubric import Pick, checked_picks, criteria_of, judged, picks_json
from assessments.services.marking import MAX_WORDS, check_mark, locked_submission
from assessments.services.outcome import write_outcome
from courses.queries.group import learners_of
from courses.rules import LEARN_COURSE
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import Conflict, Denied, Invalid, NotFound, SignInRequired
from lms.kernel.rules import require
from lms.kernel.text import require_text

MOST_EACH: Final = 10
MAX_EXAMPLES: Final = 10
MAX_EXAMPLE: Final = 20_000
MAX_REASON: Final = 4_000
_random = SystemRandom()


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerSettings:
    """How a peer review goes; see the model."""

    each: int = 3
    least: int = 2
    due_at: datetime | None = None
    appeal_until: datetime | None = None
    show_reviewers: bool = False


@transaction.atomic
def set_up_peer_review(
    *, actor: Actor, assignment: Assignment, settings: PeerSettings
) -> PeerReview:
    """Give an assignment a peer review, or change the one it has.

    `each` and `least` stay once works were given out. Raises Invalid naming the field, Conflict.
    """
    require(actor, EDIT_ASSIGNMENT, assignment)
    if not 1 <= settings.each <= MOST_EACH:
        raise Invalid(_("Between 1 and 10 reviews."), field="each")
    if not 1 <= settings.least <= settings.each:
        raise Invalid(_("At least 1, at most what everybody writes."), field="least")
    lock(Assignment.objects.filter(pk=assignment.pk)).first()
    row = PeerReview.objects.filter(assignment=assignment).first()
    row = row or PeerReview(assignment=assignment)
    given = row.phase in {PeerPhase.REVIEW, PeerPhase.CLOSED}
    if given and (row.each, row.least) != (settings.each, settings.least):
        raise Conflict(_("The works are given out already."), code="given_out")
    row.each, row.least = settings.each, settings.least
    row.due_at, row.appeal_until = settings.due_at, settings.appeal_until
    row.show_reviewers, row.updated_at = settings.show_reviewers, clock.now()
    row.save()
    return row


@transaction.atomic
def move_phase(*, actor: Actor, review: PeerReview, to: PeerPhase) -> PeerReview:
    """Go a phase on, or back while nothing was reviewed. Idempotent.

    Going to `review` gives the works out, to `closed` adds the reviews up. Raises Conflict
    `wrong_phase`, `too_few` with less than two works.
    """
    require(actor, EDIT_ASSIGNMENT, review.assignment)
    row = _locked(review)
    now = PeerPhase(row.phase)
    if now == to:
        return row
    done = row.tasks.filter(done_at__isnull=False).count()
    if not may_move(now, to, reviews=done):
        raise Conflict(_("The phases follow each other."), code="wrong_phase")
    row.phase, row.updated_at = to, clock.now()
    row.save(update_fields=["phase", "updated_at"])
    if to == PeerPhase.REVIEW:
        _give_out(row)
    elif to == PeerPhase.CLOSED:
        _add_up(actor, row)
    return row


@transaction.atomic
def give_out_more(*, actor: Actor, review: PeerReview) -> int:
    """Give late works to reviewers and take tasks from those who left; returns the new tasks.

    Raises Conflict `wrong_phase` unless reviews are being written.
    """
    require(actor, EDIT_ASSIGNMENT, review.assignment)
    row = _locked(review)
    _require_phase(may_review(PeerPhase(row.phase)))
    return _give_out(row)


@transaction.atomic
def add_example(*, actor: Actor, review: PeerReview, text: str, score: Decimal) -> PeerExample:
    """An example with the instructor's score. Raises Invalid for `text`, `score`, Conflict."""
    require(actor, EDIT_ASSIGNMENT, review.assignment)
    row = _locked(review)
    _require_phase(row.phase != PeerPhase.CLOSED)
    if row.examples.count() >= MAX_EXAMPLES:
        raise Conflict(_("There are as many examples as can be."), code="too_many_examples")
    if not text.strip():
        raise Invalid(_("Write the example."), field="text")
    require_text(text, field="text", max_length=MAX_EXAMPLE)
    check_mark(score, row.assignment.points)
    return PeerExample.objects.create(peer_review=row, text=text.strip(), score=score)


@transaction.atomic
def try_example(*, actor: Actor, example: PeerExample, score: Decimal) -> PeerTry:
    """Judge an example, once; the first judgement counts. Raises Invalid for `score`, Conflict."""
    reviews = PeerReview.objects.select_related("assignment__course")
    review = reviews.get(pk=example.peer_review_id)
    require(actor, LEARN_COURSE, review.assignment.course)
    if actor.user_id is None:
        raise SignInRequired
    _require_phase(may_review(PeerPhase(review.phase)))
    check_mark(score, review.assignment.points)
    row, _made = PeerTry.objects.get_or_create(
        example=example, reviewer_id=actor.user_id, defaults={"score": score}
    )
    return row


@transaction.atomic
def write_review(
    *, actor: Actor, task: PeerTask, picks: Mapping[str, Pick], score: Decimal | None, feedback: str
) -> PeerTask:
    """Write or change a review while they are written; without `score` the rubric's sum.

    Raises Conflict `wrong_phase`, `examples_first`, `reviews_over`, Invalid naming the field.
    """
    require(actor, WRITE_PEER_TASK, task)
    review = PeerReview.objects.select_related("assignment__rubric").get(pk=task.peer_review_id)
    _require_phase(may_review(PeerPhase(review.phase)))
    due_at = review_dates_for(review, actor.user_id).due_at
    if due_at is not None and clock.now() > due_at:
        raise Conflict(_("The time for reviews is over."), code="reviews_over")
    tried = PeerTry.objects.filter(example__peer_review=review, reviewer_id=actor.user_id)
    if tried.count() < review.examples.count():
        raise Conflict(_("Judge the examples first."), code="examples_first")
    row = lock(PeerTask.objects.filter(pk=task.pk, withdrawn=False)).first()
    if row is None:
        raise NotFound
    rubric = review.assignment.rubric
    criteria = criteria_of(rubric.criteria) if rubric else ()
    kept = checked_picks(criteria, picks)
    if score is None and criteria and judged(criteria, kept).complete:
        score = judged(criteria, kept).scaled(review.assignment.points)
    if score is None:
        raise Invalid(_("Decide every criterion, or give a score."), field="score")
    check_mark(score, review.assignment.points)
    row.picks, row.score, row.done_at = picks_json(kept), score, clock.now()
    row.feedback = require_text(feedback, field="feedback", max_length=MAX_WORDS)
    row.save(update_fields=["picks", "score", "done_at", "feedback"])
    return row


@transaction.atomic
def object_to_reviews(*, actor: Actor, submission: Submission, reason: str) -> PeerAppeal:
    """An author objects, once; staff decide. Raises Conflict `wrong_phase`, `appeals_over`."""
    if actor.user_id is None:
        raise SignInRequired
    require(actor, LEARN_COURSE, submission.course)
    if not is_author(actor, submission):
        raise Denied
    review = PeerReview.objects.filter(assignment=submission.assignment_id).first()
    _require_phase(review is not None and may_appeal(PeerPhase(review.phase)))
    over = review_dates_for(review, actor.user_id).closes_at if review else None
    if over is not None and clock.now() > over:
        raise Conflict(_("The time for objections is over."), code="appeals_over")
    row, _made = PeerAppeal.objects.get_or_create(
        submission=submission,
        defaults={"author_id": actor.user_id, "reason": _words(reason, "reason")},
    )
    return row


@transaction.atomic
def decide_appeal(*, actor: Actor, appeal: PeerAppeal, upheld: bool, answer: str) -> PeerAppeal:
    """Answer an objection; an upheld one is settled by marking the work anew at the desk.

    Raises Conflict `decided`, Invalid for `answer`.
    """
    require(actor, MARK_SUBMISSION, appeal.submission)
    row = lock(PeerAppeal.objects.filter(pk=appeal.pk)).get()
    if row.state != AppealState.OPEN:
        raise Conflict(_("This objection is answered."), code="decided")
    row.state = AppealState.UPHELD if upheld else AppealState.DISMISSED
    row.answer, row.decided_by_id = _words(answer, "answer"), actor.user_id
    row.save(update_fields=["state", "answer", "decided_by"])
    return row


def _give_out(row: PeerReview) -> int:
    """Bring the tasks in line with who is there and what was handed in; returns the new ones."""
    active = set(learners_of(row.assignment.course_id).values_list("pk", flat=True))
    authors: dict[int, set[int]] = {}
    members = SubmissionMember.objects.filter(assignment=row.assignment).exclude(
        submission__state=SubmissionState.DRAFT
    )
    for submission_id, learner_id in members.values_list("submission_id", "learner_id"):
        authors.setdefault(submission_id, set())
        if learner_id in active:
            authors[submission_id].add(learner_id)
    works = [Work(key, frozenset(ids)) for key, ids in sorted(authors.items())]
    if len(works) < 2:
        raise Conflict(_("At least two works have to be there."), code="too_few")
    row.tasks.filter(done_at=None).exclude(reviewer__in=active).update(withdrawn=True)
    known = row.tasks.filter(withdrawn=False).values_list("reviewer_id", "submission_id")
    every = set(row.tasks.values_list("reviewer_id", "submission_id"))
    made = [one for one in top_up(works, row.each, list(known), _random) if one not in every]
    PeerTask.objects.bulk_create(
        [PeerTask(peer_review=row, reviewer_id=who, submission_id=key) for who, key in made]
    )
    return len(made)


def _add_up(actor: Actor, row: PeerReview) -> None:
    """The mark of every work with enough reviews; the others wait for staff at the desk."""
    works = Submission.objects.filter(assignment=row.assignment).exclude(
        state=SubmissionState.DRAFT
    )
    for work in works.order_by("pk"):
        submission = locked_submission(work)
        reviews = list(done_reviews(submission))
        if len(reviews) < row.least or submission.marks.filter(done=True).exists():
            continue
        errors = errors_of(row, [one.reviewer_id for one in reviews])
        scores = [
            PeerScore(one.score, weight_of(errors[one.reviewer_id]))
            for one in reviews
            if one.score is not None
        ]
        write_outcome(actor, submission, peer_mark(scores), [peer_words(scores)])


def _locked(review: PeerReview) -> PeerReview:
    related = ("assignment__course", "assignment__lesson", "assignment__rubric")
    row = lock(PeerReview.objects.select_related(*related).filter(pk=review.pk)).first()
    if row is None:
        raise NotFound
    return row


def _require_phase(allowed: bool) -> None:  # noqa: FBT001 - reads as a sentence
    if not allowed:
        raise Conflict(_("This is not the phase for it."), code="wrong_phase")


def _words(text: str, field: str) -> str:
    if not text.strip():
        raise Invalid(_("Say why."), field=field)
    return require_text(text.strip(), field=field, max_length=MAX_REASON)
