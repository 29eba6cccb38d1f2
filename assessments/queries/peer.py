"""Reviews by peers: whose turn it is, what was written, how far it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from assessments.enums import PeerPhase, SubmissionState
from assessments.models import (
    Assignment,
    PeerAppeal,
    PeerExample,
    PeerReview,
    PeerTask,
    PeerTry,
    Submission,
)
from assessments.queries.peer_workflow import may_review
from assessments.rules import SEE_SUBMISSIONS, VIEW_PEER_TASK, is_author
from lms.kernel.actors import Actor
from lms.kernel.errors import NotFound
from lms.kernel.rules import fetch, require


@dataclass(frozen=True, slots=True)
class PeerLine:
    """A work in the staff's list: how many reviews it has of those given out."""

    submission: Submission
    given: int
    done: int
    appeal: PeerAppeal | None


@dataclass(frozen=True, slots=True)
class PeerDesk:
    """A reviewer's own place: tasks, and the examples that they have to judge before."""

    review: PeerReview
    tasks: list[PeerTask]
    untried: list[PeerExample]


def review_of(assignment: Assignment) -> PeerReview | None:
    """The peer review of an assignment that the caller may see; None without one."""
    rows = PeerReview.objects.select_related("assignment__lesson", "assignment__course")
    return rows.filter(assignment=assignment).first()


def peer_lines(actor: Actor, review: PeerReview) -> list[PeerLine]:
    """Every work with its reviews, for staff; raises what `require` raises."""
    require(actor, SEE_SUBMISSIONS, review.assignment)
    there = Q(peer_tasks__withdrawn=False)
    rows = (
        Submission.objects.filter(assignment=review.assignment)
        .exclude(state=SubmissionState.DRAFT)
        .select_related("assignment", "peer_appeal", "learner", "group", "outcome")
        .annotate(
            given=Count("peer_tasks", filter=there),
            done=Count("peer_tasks", filter=there & Q(peer_tasks__done_at__isnull=False)),
        )
        .order_by("done", "id")
    )
    return [PeerLine(row, row.given, row.done, getattr(row, "peer_appeal", None)) for row in rows]


def peer_desk(actor: Actor, review: PeerReview) -> PeerDesk:
    """The asker's own tasks and, while reviews are written, untried examples.

    Before that an example would show how others answered to those who have yet to hand in.
    """
    tasks = PeerTask.objects.filter(
        peer_review=review, reviewer_id=actor.user_id or 0, withdrawn=False
    )
    tried = PeerTry.objects.filter(reviewer_id=actor.user_id or 0).values("example_id")
    untried = review.examples.exclude(pk__in=tried).order_by("id")
    shown = untried if may_review(PeerPhase(review.phase)) else untried.none()
    return PeerDesk(review, list(tasks.order_by("id")), list(shown))


def own_task(actor: Actor, assignment: Assignment, public_id: str) -> PeerTask:
    """A task of the asker inside an assignment (Z3); raises NotFound."""
    related = ("submission__assignment__lesson", "submission__course", "peer_review")
    task = fetch(
        actor,
        VIEW_PEER_TASK,
        public_id=public_id,
        submission__assignment=assignment,
        select=related,
    )
    if task.reviewer_id != actor.user_id:
        raise NotFound
    return task


def example_in(review: PeerReview, public_id: str) -> PeerExample:
    """An example inside its review; raises NotFound."""
    found = review.examples.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def done_reviews(row: Submission) -> QuerySet[PeerTask]:
    """What peers wrote about a work."""
    rows = row.peer_tasks.filter(done_at__isnull=False, withdrawn=False)
    return rows.select_related("reviewer", "peer_review").order_by("done_at", "id")


def reviews_received(actor: Actor, row: Submission) -> Sequence[PeerTask]:
    """What peers wrote about one's own work, once the reviews are closed (Z7)."""
    review = review_of(row.assignment)
    if review is None or review.phase != PeerPhase.CLOSED or not is_author(actor, row):
        return []
    return list(done_reviews(row))


def errors_of(review: PeerReview, reviewer_ids: Sequence[int]) -> dict[int, list[Decimal]]:
    """How far reviewers were off on the examples, as shares of the points."""
    points = review.assignment.points
    found: dict[int, list[Decimal]] = {key: [] for key in reviewer_ids}
    tries = PeerTry.objects.filter(example__peer_review=review, reviewer__in=reviewer_ids)
    for one in tries.select_related("example").order_by("id"):
        found[one.reviewer_id].append(abs(one.score - one.example.score) / points)
    return found


def appeal_in(actor: Actor, review: PeerReview, public_id: str) -> PeerAppeal:
    """An objection inside its assignment, for staff (Z3); raises NotFound."""
    require(actor, SEE_SUBMISSIONS, review.assignment)
    rows = PeerAppeal.objects.select_related("submission__assignment", "submission__course")
    found = rows.filter(public_id=public_id, submission__assignment=review.assignment).first()
    if found is None:
        raise NotFound
    return found
