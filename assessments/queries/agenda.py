"""What is due next for a learner, across courses: quizzes, assignments, reviews of others' work.

Discussions, too, which are of an app above and come by `queries.elsewhere`.

By their own dates, as `queries.due` and `queries.dates` tell them one by one; here for many works
at once, in the same number of queries however many there are.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse

from assessments.enums import AttemptState, GradeStatus, PeerPhase, SubmissionState
from assessments.models import (
    Accommodation,
    Assignment,
    Attempt,
    DateOverride,
    Grade,
    PeerReview,
    Quiz,
    Submission,
    SubmissionMember,
)
from assessments.queries.dates import (
    Work,
    change_of,
    dates_of,
    relief_of,
    review_change_of,
    review_dates_of,
)
from assessments.queries.elsewhere import other_work
from assessments.rules import DO_ASSIGNMENT, TAKE_QUIZ
from assessments.scoring.dates import NO_RELIEF, Dates, Relief, effective_dates, together
from courses.enums import CourseRole, EnrolmentState
from courses.models import Course, LearnerGroupMember, Lesson
from lms.kernel import clock
from lms.kernel.actors import Actor

Kind = Literal["quiz", "assignment", "peer_review", "discussion"]
SELECT: Final = ("lesson", "course")


@dataclass(frozen=True, slots=True)
class DueLine:
    """A piece of work that waits for the learner; `at` is when it is due or, without, closes.

    `lesson` is None for a discussion, which stands in no lesson; `path` leads to it.
    `begun` when it was started and not handed in, `left` how many reviews of a peer review are.
    """

    kind: Kind
    lesson: Lesson | None
    title: str
    path: str
    course: Course
    at: datetime
    opens_at: datetime | None
    closes_at: datetime | None
    begun: bool
    overdue: bool
    left: int = 0


def due_lines(actor: Actor) -> list[DueLine]:
    """What the asker still has to do that has a date and can still be handed in, by date.

    Nothing for who is not signed in. The same queries however much there is.
    """
    if actor.user_id is None:
        return []
    quizzes, assignments = list(_quizzes(actor, actor.user_id)), list(_assignments(actor))
    reviews = list(reviews_to_write(actor, actor.user_id))
    theirs = OwnDates.read(actor.user_id, quizzes, assignments, reviews)
    found = [
        *_quiz_lines(quizzes, theirs),
        *_assignment_lines(assignments, theirs),
        *_review_lines(reviews, theirs),
        *_other_lines(actor),
    ]
    return sorted(found, key=lambda line: (line.at, line.lesson.pk if line.lesson else 0))


def _quizzes(actor: Actor, learner_id: int) -> QuerySet[Quiz]:
    """Quizzes that the asker has not handed in, and is not excused from as far as they know."""
    mine = Attempt.objects.filter(quiz=OuterRef("pk"), learner_id=learner_id)
    rows = TAKE_QUIZ.rows(actor).select_related(*SELECT)
    return (
        rows.annotate(begun=Exists(mine.filter(state=AttemptState.OPEN)))
        .exclude(Exists(mine.exclude(state=AttemptState.OPEN)))
        .exclude(Exists(excusals(learner_id).filter(item__quiz=OuterRef("pk"))))
    )


def _assignments(actor: Actor) -> QuerySet[Assignment]:
    """Assignments for which the asker has handed nothing in, or was asked for another version."""
    learner_id = actor.user_id or 0
    mine = SubmissionMember.objects.filter(assignment=OuterRef("pk"), learner_id=learner_id)
    handed_in = mine.exclude(submission__state=SubmissionState.DRAFT)
    rows = DO_ASSIGNMENT.rows(actor).select_related(*SELECT)
    return (
        rows.annotate(begun=Exists(mine))
        .exclude(Exists(handed_in.exclude(submission__revision_asked=True)))
        .exclude(Exists(excusals(learner_id).filter(item__assignment=OuterRef("pk"))))
    )


def reviews_to_write(actor: Actor, learner_id: int) -> QuerySet[PeerReview]:
    """Peer reviews in which the asker has reviews to write, with how many."""
    waiting = Q(tasks__reviewer_id=learner_id, tasks__done_at=None, tasks__withdrawn=False)
    return (
        PeerReview.objects.filter(
            phase=PeerPhase.REVIEW, assignment__in=DO_ASSIGNMENT.rows(actor).values("pk")
        )
        .annotate(left=Count("tasks", filter=waiting))
        .filter(left__gt=0)
        .select_related("assignment__lesson", "assignment__course")
    )


def excusals(learner_id: int) -> QuerySet[Grade]:
    """What a learner knows to be excused from."""
    return Grade.objects.filter(learner_id=learner_id, released=True, status=GradeStatus.EXCUSED)


@dataclass(frozen=True, slots=True)
class OwnDates:
    """What the dates of one learner's works hang on, read at once."""

    learner_id: int
    reliefs: dict[int, Relief]
    overrides: dict[tuple[str, int], list[DateOverride]]
    groups: dict[int, set[int]]
    authors: dict[int, set[int]] = field(default_factory=dict)

    @classmethod
    def read(
        cls,
        learner_id: int,
        quizzes: Sequence[Quiz],
        assignments: Sequence[Assignment],
        reviews: Sequence[PeerReview],
    ) -> "OwnDates":
        """For these works, of which the learner may know."""
        authors = _authors(learner_id, [row for row in assignments if row.group_work])
        people = {learner_id, *(one for ids in authors.values() for one in ids)}
        works = [row.pk for row in assignments] + [row.assignment_id for row in reviews]
        asked = Q(quiz__in=[row.pk for row in quizzes]) | Q(assignment__in=works)
        overrides: defaultdict[tuple[str, int], list[DateOverride]] = defaultdict(list)
        for row in DateOverride.objects.filter(asked).order_by("pk"):
            kind, key = ("quiz", row.quiz_id) if row.quiz_id else ("work", row.assignment_id)
            overrides[kind, key or 0].append(row)
        groups: defaultdict[int, set[int]] = defaultdict(set)
        inside = LearnerGroupMember.objects.filter(learner_id__in=people)
        for person, group in inside.values_list("learner_id", "group_id"):
            groups[person].add(group)
        reliefs = {
            row.person_id: relief_of(row)
            for row in Accommodation.objects.filter(person_id__in=people)
        }
        return cls(learner_id, reliefs, overrides, groups, authors)

    def dates(self, work: Work) -> Dates:
        """The learner's dates of a quiz or an assignment; of group work those of the group."""
        kind = "quiz" if isinstance(work, Quiz) else "work"
        rows = self.overrides.get((kind, work.pk), [])
        people = self.authors.get(work.pk) if kind == "work" else None
        everybody = dates_of(work)
        return together(
            [self._one(everybody, rows, person) for person in people or {self.learner_id}]
        )

    def review_dates(self, review: PeerReview) -> Dates:
        """The learner's dates of a peer review."""
        rows = self.overrides.get(("work", review.assignment_id), [])
        return effective_dates(
            review_dates_of(review),
            groups=[review_change_of(row) for row in self._of_groups(rows, self.learner_id)],
            person=next(
                (review_change_of(row) for row in rows if row.person_id == self.learner_id), None
            ),
            relief=self.reliefs.get(self.learner_id, NO_RELIEF),
        )

    def _one(self, everybody: Dates, rows: Sequence[DateOverride], person: int) -> Dates:
        return effective_dates(
            everybody,
            groups=[change_of(row) for row in self._of_groups(rows, person)],
            person=next((change_of(row) for row in rows if row.person_id == person), None),
            relief=self.reliefs.get(person, NO_RELIEF),
        )

    def _of_groups(self, rows: Sequence[DateOverride], person: int) -> list[DateOverride]:
        return [row for row in rows if row.group_id in self.groups.get(person, set())]


def _authors(learner_id: int, works: Sequence[Assignment]) -> dict[int, set[int]]:
    """By assignment of groups, who hands in with the learner, as `due.own_dates` has it."""
    if not works:
        return {}
    mates, groups_of = _mates(learner_id, {row.course_id for row in works})
    everybody = {learner_id, *(one for ids in mates.values() for one in ids)}
    keys = [row.pk for row in works]
    own = Submission.objects.filter(assignment__in=keys, members__learner_id=learner_id)
    begun = {row.assignment_id: row for row in own}
    members = SubmissionMember.objects.filter(assignment__in=keys).filter(
        Q(learner_id__in=everybody) | Q(submission__in=[row.pk for row in begun.values()])
    )
    inside: defaultdict[int, set[int]] = defaultdict(set)
    taken: defaultdict[int, set[int]] = defaultdict(set)
    for work, submission, person in members.values_list(
        "assignment_id", "submission_id", "learner_id"
    ):
        inside[submission].add(person)
        taken[work].add(person)
    found = {}
    for row in works:
        mine = begun.get(row.pk)
        if mine is None:
            sole = groups_of.get(row.course_id, set())
            found[row.pk] = {learner_id} | (mates[next(iter(sole))] if len(sole) == 1 else set())
            continue
        found[row.pk] = {learner_id} | inside[mine.pk]
        if mine.group_id is not None and not mine.version_count:
            found[row.pk] |= mates.get(mine.group_id, set()) - taken[row.pk]
    return found


def _mates(
    learner_id: int, course_ids: set[int]
) -> tuple[dict[int, set[int]], dict[int, set[int]]]:
    """Active members of the learner's groups by group, and those groups by course; one query."""
    rows = LearnerGroupMember.objects.filter(
        group__course_id__in=course_ids,
        group__memberships__learner_id=learner_id,
        learner__enrolments__course_id=F("group__course_id"),
        learner__enrolments__role=CourseRole.LEARNER,
        learner__enrolments__state=EnrolmentState.ACTIVE,
    )
    mates: defaultdict[int, set[int]] = defaultdict(set)
    groups: defaultdict[int, set[int]] = defaultdict(set)
    for group, course, person in rows.values_list("group_id", "group__course_id", "learner_id"):
        mates[group].add(person)
        groups[course].add(group)
    return mates, groups


def _quiz_lines(rows: Sequence[Quiz], theirs: OwnDates) -> Iterator[DueLine]:
    for row in rows:
        yield from _line("quiz", row.lesson, row.course, theirs.dates(row), begun=_begun(row))


def _assignment_lines(rows: Sequence[Assignment], theirs: OwnDates) -> Iterator[DueLine]:
    for row in rows:
        dates = theirs.dates(row)
        yield from _line("assignment", row.lesson, row.course, dates, begun=_begun(row))


def _review_lines(rows: Sequence[PeerReview], theirs: OwnDates) -> Iterator[DueLine]:
    """Reviews are written until they are due, whenever objections end."""
    for row in rows:
        work = row.assignment
        due = theirs.review_dates(row).due_at
        left = int(getattr(row, "left", 0))
        dates = Dates(due_at=due, closes_at=due)
        yield from _line("peer_review", work.lesson, work.course, dates, begun=False, left=left)


def _other_lines(actor: Actor) -> Iterator[DueLine]:
    now = clock.now()
    for one in other_work(actor):
        if one.waits and one.due_at >= now:
            where = (None, one.title, one.path, one.course)
            yield DueLine(
                "discussion", *where, one.due_at, None, None, begun=one.begun, overdue=False
            )


def work_path(kind: Kind, course: Course, lesson: Lesson) -> str:
    """Where a learner finds the work of a lesson, or the reviews that it asks for."""
    name = "peer" if kind == "peer_review" else "learn"
    return reverse(name, args=[course.slug, lesson.public_id])


def _begun(row: Work) -> bool:
    return bool(getattr(row, "begun", False))


def _line(
    kind: Kind, lesson: Lesson, course: Course, dates: Dates, *, begun: bool, left: int = 0
) -> Iterator[DueLine]:
    """The line of a work; none without a date, or when nothing can come any more."""
    now = clock.now()
    at = dates.due_at or dates.closes_at
    if at is None or (dates.closes_at is not None and dates.closes_at < now):
        return
    closes = None if dates.closes_at == at else dates.closes_at
    where = (lesson, lesson.title, work_path(kind, course, lesson), course)
    yield DueLine(
        kind, *where, at, dates.opens_at, closes, begun=begun, overdue=at < now, left=left
    )
