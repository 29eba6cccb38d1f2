"""Every date of the work in courses, as whoever asks may know it: their own dates where they learn.

The same number of queries however much work there is.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q

from assessments.models import Assignment, Gradebook, PeerReview, Quiz
from assessments.queries.agenda import (
    SELECT,
    Kind,
    OwnDates,
    excusals,
    reviews_to_write,
    work_path,
)
from assessments.queries.dates import Work, dates_of
from assessments.queries.elsewhere import OtherWork, other_work
from assessments.rules import VIEW_ASSIGNMENT, VIEW_QUIZ
from assessments.scoring.dates import Dates
from courses.models import Course
from courses.rules import LEARN_COURSE, STAFF_COURSE
from lms.kernel.actors import Actor

# Instructors still find what is in the bin elsewhere; nothing there is due.
KEPT = Q(lesson__deleted_at=None, lesson__section__deleted_at=None)


@dataclass(frozen=True, slots=True)
class DatedWork:
    """A quiz, an assignment, reviews to write or a discussion, with the dates for the asker.

    `path` leads to it.
    """

    kind: Kind
    id: str
    title: str
    path: str
    course: Course
    opens_at: datetime | None
    due_at: datetime | None
    closes_at: datetime | None
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Period:
    """A grading period of a course, for its staff."""

    course: Course
    key: str
    name: str
    starts: date
    ends: date
    changed_at: datetime


def dated_work(actor: Actor, courses: Collection[int]) -> list[DatedWork]:
    """What the asker sees of these courses that has a date; work they are excused from is not.

    Of work of courses in which they do not learn, the dates for everybody.
    """
    if actor.user_id is None:
        return []
    learner = actor.user_id
    learning = set(LEARN_COURSE.rows(actor).filter(pk__in=courses).values_list("pk", flat=True))
    quizzes = list(
        VIEW_QUIZ.rows(actor)
        .filter(KEPT, course__in=courses)
        .exclude(Exists(excusals(learner).filter(item__quiz=OuterRef("pk"))))
        .select_related(*SELECT)
    )
    assignments = list(
        VIEW_ASSIGNMENT.rows(actor)
        .filter(KEPT, course__in=courses)
        .exclude(Exists(excusals(learner).filter(item__assignment=OuterRef("pk"))))
        .select_related(*SELECT)
    )
    reviews = list(reviews_to_write(actor, learner).filter(assignment__course__in=courses))
    own = OwnDates.read(
        learner,
        [row for row in quizzes if row.course_id in learning],
        [row for row in assignments if row.course_id in learning],
        reviews,
    )
    works: list[Work] = [*quizzes, *assignments]
    found = [
        _line(row, own.dates(row) if row.course_id in learning else dates_of(row)) for row in works
    ]
    others = [_other(one) for one in other_work(actor, courses)]
    return [*found, *_reviews(reviews, own), *others]


def grading_periods(actor: Actor, courses: Collection[int]) -> list[Period]:
    """The grading periods of these courses that the asker staffs."""
    staffed = STAFF_COURSE.rows(actor).filter(pk__in=courses)
    books = Gradebook.objects.filter(course__in=staffed.values("pk")).exclude(periods=[])
    return [
        Period(
            book.course,
            str(row["key"]),
            str(row["name"]),
            date.fromisoformat(row["starts"]),
            date.fromisoformat(row["ends"]),
            book.updated_at,
        )
        for book in books.select_related("course")
        for row in book.periods
    ]


def _line(row: Work, dates: Dates) -> DatedWork:
    kind: Kind = "assignment" if isinstance(row, Assignment) else "quiz"
    return _dated(kind, row, dates)


def _dated(kind: Kind, row: Quiz | Assignment, dates: Dates) -> DatedWork:
    return DatedWork(
        kind,
        row.public_id,
        row.lesson.title,
        work_path(kind, row.course, row.lesson),
        row.course,
        dates.opens_at,
        dates.due_at,
        dates.closes_at,
        row.updated_at,
    )


def _other(one: OtherWork) -> DatedWork:
    dates = (None, one.due_at, None)
    return DatedWork("discussion", one.id, one.title, one.path, one.course, *dates, one.changed_at)


def _reviews(rows: Collection[PeerReview], own: OwnDates) -> Iterator[DatedWork]:
    for row in rows:
        due = own.review_dates(row).due_at
        yield _dated("peer_review", row.assignment, Dates(due_at=due))
