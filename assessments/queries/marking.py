"""What markers work through: lists with filters, and one submission with all that belongs to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from assessments.enums import MarkingState, SubmissionState
from assessments.models import (
    Assignment,
    BankComment,
    Grade,
    GradeChange,
    Mark,
    Outcome,
    Submission,
    SubmissionMember,
    SubmissionVersion,
    WorkComment,
)
from assessments.queries.anonymity import is_nameless
from assessments.queries.lateness import late_ids, latenesses
from assessments.queries.submission import SELECT
from assessments.rules import (
    SEE_SUBMISSIONS,
    USE_BANK_COMMENT,
    VIEW_MARK,
    VIEW_SUBMISSION,
)
from courses.models import Course
from courses.rules import STAFF_COURSE
from lms.kernel.actors import Actor
from lms.kernel.errors import NotFound
from lms.kernel.rules import fetch, require


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkingFilter:
    """Which submissions are wanted; empty is all. `group` is a group's public id."""

    state: str = ""
    late: bool = False
    group: str = ""
    search: str = ""


@dataclass(frozen=True, slots=True)
class MarkingLine:
    """A submission in the list of an assignment. `who` is its code while names are hidden."""

    row: Submission
    who: str
    state: MarkingState
    late: timedelta
    score: Decimal | None
    mine: bool


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The submissions before and after one in the same list, by public id."""

    before: str | None
    after: str | None
    place: int
    total: int


def marked_assignments(actor: Actor, course: Course) -> QuerySet[Assignment]:
    """Assignments of a course with what came in, waits to be marked and to be released."""
    require(actor, STAFF_COURSE, course)
    here = Submission.objects.filter(assignment=OuterRef("pk")).exclude(state=SubmissionState.DRAFT)
    waiting = here.filter(Q(outcome=None) | Q(outcome__score=None))
    ready = here.filter(outcome__score__isnull=False, outcome__released=False)
    return (
        Assignment.objects.filter(course=course, lesson__deleted_at=None)
        .select_related("lesson__section")
        .annotate(received=_count(here), waiting=_count(waiting), ready=_count(ready))
        .order_by("lesson__section__ordinal", "lesson__ordinal", "id")
    )


def to_mark(
    actor: Actor, assignment: Assignment, narrow: MarkingFilter | None = None
) -> QuerySet[Submission]:
    """What was handed in for an assignment, for its staff; by code while names are hidden.

    Raises what `require` raises.
    """
    require(actor, SEE_SUBMISSIONS, assignment)
    wanted = narrow or MarkingFilter()
    done = Mark.objects.filter(submission=OuterRef("pk"), done=True)
    rows: QuerySet[Submission] = Submission.objects.filter(assignment=assignment).exclude(
        state=SubmissionState.DRAFT
    )
    rows = rows.annotate(done_marks=_count(done, by="submission"))
    if wanted.state in MarkingState.values:
        rows = rows.filter(_in_state(MarkingState(wanted.state), assignment))
    if wanted.late:
        rows = rows.filter(pk__in=late_ids(assignment))
    if not assignment.anonymous:
        rows = _by_people(rows, wanted)
    order = ("code",) if assignment.anonymous else ("submitted_at", "id")
    return rows.select_related(*SELECT, "outcome").order_by(*order)


def marking_lines(actor: Actor, rows: Sequence[Submission]) -> list[MarkingLine]:
    """Lines of submissions; two queries for all, and five for each of their assignments."""
    keys = [row.pk for row in rows]
    members: dict[int, list[str]] = {key: [] for key in keys}
    joined = SubmissionMember.objects.filter(submission__in=keys).select_related("learner")
    for member in joined.order_by("learner__name", "pk"):
        members[member.submission_id].append(member.learner.display_name)
    late = _latenesses(rows)
    own = set(
        Mark.objects.filter(submission__in=keys, marker_id=actor.user_id or 0).values_list(
            "submission_id", flat=True
        )
    )
    return [_line(row, members[row.pk], late[row.pk], mine=row.pk in own) for row in rows]


def _latenesses(rows: Sequence[Submission]) -> dict[int, timedelta]:
    found: dict[int, timedelta] = {}
    for asked in {row.assignment_id: row.assignment for row in rows}.values():
        found |= latenesses(asked, [row for row in rows if row.assignment_id == asked.pk])
    return found


def neighbours(rows: QuerySet[Submission], public_id: str) -> Neighbours:
    """Where a submission stands in a list, and who is next to it; the first when it is not."""
    ids = list(rows.values_list("public_id", flat=True))
    at = ids.index(public_id) if public_id in ids else -1
    return Neighbours(
        before=ids[at - 1] if at > 0 else None,
        after=ids[at + 1] if at + 1 < len(ids) else None,
        place=at + 1,
        total=len(ids),
    )


def handed_in(actor: Actor, assignment: Assignment, public_id: str) -> Submission:
    """A submission inside its assignment (Z3), for staff; raises NotFound."""
    require(actor, SEE_SUBMISSIONS, assignment)
    row = fetch(actor, VIEW_SUBMISSION, public_id=public_id, assignment=assignment, select=SELECT)
    if row.state == SubmissionState.DRAFT:
        raise NotFound
    return row


def own_mark(actor: Actor, row: Submission) -> Mark | None:
    """The actor's own mark; with one marker, the one there is."""
    marks = VIEW_MARK.rows(actor).filter(submission=row).select_related("rubric", "marker")
    mine = marks.filter(marker_id=actor.user_id or 0).first()
    if mine is None and not row.assignment.two_markers:
        return marks.first()
    return mine


def other_marks(actor: Actor, row: Submission) -> QuerySet[Mark]:
    """Others' marks that the actor may read by now."""
    rows = VIEW_MARK.rows(actor).filter(submission=row).select_related("rubric", "marker")
    return rows.exclude(marker_id=actor.user_id or 0).order_by("role")


def comments_on(actor: Actor, work: SubmissionVersion) -> QuerySet[WorkComment]:
    """Remarks on a version: one's own, and those of markers whose marks one may read."""
    seen = VIEW_MARK.rows(actor).filter(submission=work.submission_id).values("marker_id")
    rows = work.comments.filter(Q(marker_id=actor.user_id or 0) | Q(marker_id__in=seen))
    return rows.select_related("marker", "file").order_by("start", "file", "page", "id")


def comment_on(actor: Actor, row: Submission, public_id: str) -> WorkComment:
    """One's own remark inside a submission (Z3); raises NotFound."""
    rows = WorkComment.objects.select_related("work__submission__course")
    found = rows.filter(
        public_id=public_id, work__submission=row, marker_id=actor.user_id or 0
    ).first()
    if found is None:
        raise NotFound
    return found


def kept_comments(actor: Actor, course: Course) -> QuerySet[BankComment]:
    """The actor's kept remarks of a course, newest first."""
    require(actor, STAFF_COURSE, course)
    return USE_BANK_COMMENT.rows(actor).filter(course=course).order_by("-updated_at", "-id")


def kept_comment(actor: Actor, course: Course, public_id: str) -> BankComment:
    """One of the actor's kept remarks of a course; raises NotFound."""
    return fetch(actor, USE_BANK_COMMENT, public_id=public_id, course=course, select=("course",))


def outcome_of(row: Submission) -> Outcome | None:
    """What the marks come to so far; the caller decides who may see what of it."""
    return Outcome.objects.select_related("work", "agreed_by").filter(submission=row).first()


def shown_to_authors(row: Submission) -> dict[str, Any] | None:
    """What its authors were given at the last release; None before."""
    found = Outcome.objects.filter(submission=row).values_list("shown", flat=True).first()
    return found or None


def posted_grade(actor: Actor, assignment: Assignment) -> Grade | None:
    """The asker's own grade in the gradebook, once it is posted (Z7)."""
    rows = Grade.objects.filter(item__assignment=assignment, learner_id=actor.user_id or 0)
    return rows.filter(released=True).first()


def grade_history(row: Submission) -> QuerySet[GradeChange]:
    """How the grades of its authors changed, for staff; nothing while names are hidden."""
    if is_nameless(row):
        return GradeChange.objects.none()
    learners = SubmissionMember.objects.filter(submission=row).values("learner_id")
    rows = GradeChange.objects.filter(
        grade__item__assignment=row.assignment_id, grade__learner__in=learners
    )
    return rows.select_related("actor", "grade__learner").order_by("at", "id")


def member_of(row: Submission, learner_id: str) -> SubmissionMember:
    """An author by the person's public id; raises NotFound."""
    rows = row.members.select_related("learner", "submission__assignment", "submission__course")
    found = rows.filter(learner__public_id=learner_id).first()
    if found is None:
        raise NotFound
    return found


def state_of(row: Submission, done_marks: int, outcome: Outcome | None) -> MarkingState:
    """How far the marking of a submission is."""
    if outcome is not None and outcome.score is not None:
        return MarkingState.RELEASED if outcome.released else MarkingState.MARKED
    if row.assignment.two_markers and done_marks:
        several = done_marks > 1
        return MarkingState.NEEDS_AGREEMENT if several else MarkingState.NEEDS_SECOND
    return MarkingState.UNMARKED


def _line(row: Submission, names: list[str], late: timedelta, *, mine: bool) -> MarkingLine:
    outcome = getattr(row, "outcome", None)
    who = row.code if is_nameless(row) else ", ".join(names)
    if row.group is not None and not is_nameless(row):
        who = f"{row.group.name} ({who})"
    return MarkingLine(
        row=row,
        who=who,
        state=state_of(row, getattr(row, "done_marks", 0), outcome),
        late=late,
        score=outcome.score if outcome else None,
        mine=mine,
    )


def _in_state(state: MarkingState, assignment: Assignment) -> Q:
    scored = Q(outcome__score__isnull=False)
    match state:
        case MarkingState.RELEASED:
            return scored & Q(outcome__released=True)
        case MarkingState.MARKED:
            return scored & Q(outcome__released=False)
        case MarkingState.NEEDS_AGREEMENT:
            return ~scored & Q(done_marks__gt=1)
        case MarkingState.NEEDS_SECOND:
            return ~scored & Q(done_marks=1) if assignment.two_markers else Q(pk__in=[])
    return ~scored & Q(done_marks=0)


def _by_people(rows: QuerySet[Submission], wanted: MarkingFilter) -> QuerySet[Submission]:
    members = SubmissionMember.objects.filter(submission=OuterRef("pk"))
    if wanted.group:
        inside = members.filter(learner__group_memberships__group__public_id=wanted.group)
        rows = rows.filter(Exists(inside))
    if wanted.search:
        named = members.filter(learner__name__icontains=wanted.search)
        rows = rows.filter(Exists(named))
    return rows


def _count(rows: QuerySet[Any], *, by: str = "assignment") -> Coalesce:
    counted = rows.order_by().values(by).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
