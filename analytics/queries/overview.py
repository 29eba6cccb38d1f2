"""Class totals of a course, for its staff and its observers.

An observer sees no person's data, and a small number is a person: whatever counts one to four
people, or all but one to four, is withheld from observers (V6).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Avg, Count, Q

from analytics.models import CourseTotals, CourseWeek
from courses.enums import CourseRole, EnrolmentState
from courses.models import Course, Enrolment, Lesson
from courses.rules import STAFF_COURSE, TOTALS_COURSE
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.worded import Worded
from lms.kernel.rules import allows, require

WEEKS = 26
LEAST = 5
RECENT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Week:
    """One week from its Monday; `people` None and sums None where they are withheld."""

    monday: date
    people: int | None
    seconds: int | None
    lessons_completed: int | None
    attempts: int | None
    messages: int | None


@dataclass(frozen=True, slots=True)
class LessonStep:
    """How many learners started and completed a published lesson; None where withheld.

    `reached`: began it or a later one; None also where it was not counted yet.
    """

    lesson: str
    title: str
    started: int | None
    completed: int | None
    reached: int | None = None


@dataclass(frozen=True, slots=True)
class QuizScores:
    """Scores of one quiz: learners counted, mean 0..1, ten bins of ten percent; None: withheld."""

    lesson: str
    title: str
    n: int | None
    mean: float | None
    bins: list[int] | None


@dataclass(frozen=True, slots=True)
class Overview:
    """Class totals. `counted_at` is the time of funnel and scores, None before the first count."""

    learners: int | None
    active: int | None
    completed: int | None
    mean_completion: float | None
    weeks: list[Week]
    funnel: list[LessonStep]
    quizzes: list[QuizScores]
    counted_at: datetime | None
    withheld: bool


class _Totals(NamedTuple):
    counted_at: datetime
    funnel: list[dict[str, Any]]
    scores: list[dict[str, Any]]


def course_overview(actor: Actor, course: Course) -> Overview:
    """The totals of a course in four queries. Raises what `require` raises."""
    blind = not allows(actor, STAFF_COURSE, course)
    if blind:
        require(actor, TOTALS_COURSE, course)
    sums = _PEOPLE.rows(course.pk, clock.now() - RECENT)
    learners, active, completed, mean = sums[0] if sums else (0, 0, 0, None)
    totals = next((_Totals(*row) for row in _TOTALS.rows(course.pk)), None)
    lessons = _lessons(course)
    return Overview(
        learners=withhold(learners, learners, blind=blind),
        active=withhold(active, learners, blind=blind),
        completed=withhold(completed, learners, blind=blind),
        mean_completion=None if blind and learners < LEAST else mean,
        weeks=_weeks(course, learners, blind=blind),
        funnel=_funnel(totals, lessons, learners, blind=blind),
        quizzes=_quizzes(totals, lessons, learners, blind=blind),
        counted_at=totals.counted_at if totals else None,
        withheld=blind,
    )


def withhold(count: int, of: int, *, blind: bool) -> int | None:
    """The count, or None where it would tell an observer of fewer than five people."""
    small = 0 < count < LEAST or 0 < of - count < LEAST
    return None if blind and small else count


def _lessons(course: Course) -> dict[int, tuple[str, str]]:
    return {pk: (public_id, title) for pk, public_id, title in _LESSONS.rows(course.pk)}


# Grouped by the course, whose rows these are: no row where nobody learns.
_PEOPLE = Worded(
    lambda course, since: (
        Enrolment.objects.filter(
            course=course, state=EnrolmentState.ACTIVE, role=CourseRole.LEARNER
        )
        .order_by()
        .values("course")
        .annotate(
            learners=Count("pk"),
            active=Count("pk", filter=Q(last_active_at__gte=since)),
            completed=Count("pk", filter=Q(completed_at__isnull=False)),
            mean=Avg("completion"),
        )
        .values_list("learners", "active", "completed", "mean")
    )
)
_TOTALS = Worded(
    lambda course: CourseTotals.objects.filter(course=course).values_list(
        "counted_at", "funnel", "scores"
    )
)
_LESSONS = Worded(
    lambda course: Lesson.objects.filter(
        course=course, published=True, deleted_at=None, section__deleted_at=None
    ).values_list("pk", "public_id", "title")
)
_WEEKS = Worded(
    lambda course, first: CourseWeek.objects.filter(course=course, week__gte=first).values_list(
        "week", "people", "seconds", "lessons_completed", "attempts", "messages"
    )
)


def _weeks(course: Course, learners: int, *, blind: bool) -> list[Week]:
    """The last `WEEKS` weeks up to this one; weeks in which nothing happened are zero."""
    today = clock.now().date()
    this = today - timedelta(days=today.weekday())
    first = this - timedelta(weeks=WEEKS - 1)
    known = {row[0]: Week(*row) for row in _WEEKS.rows(course.pk, first)}
    if not known:
        return []
    start = min(known)
    mondays = [start + timedelta(weeks=i) for i in range((this - start).days // 7 + 1)]
    return [_week(monday, known.get(monday), learners, blind=blind) for monday in mondays]


def _week(monday: date, row: Week | None, learners: int, *, blind: bool) -> Week:
    if row is None:
        return Week(monday, 0, 0, 0, 0, 0)
    if withhold(row.people or 0, learners, blind=blind) is None:
        return Week(monday, None, None, None, None, None)
    return row


def _funnel(
    totals: _Totals | None,
    lessons: dict[int, tuple[str, str]],
    learners: int,
    *,
    blind: bool,
) -> list[LessonStep]:
    counted = {row["lesson"]: row for row in totals.funnel} if totals else {}
    return [
        LessonStep(
            *lessons[pk],
            started=withhold(counted[pk]["started"], learners, blind=blind),
            completed=withhold(counted[pk]["completed"], learners, blind=blind),
            reached=_came(counted[pk].get("reached"), learners, blind=blind),
        )
        for pk in lessons
        if pk in counted
    ]


def _came(count: int | None, learners: int, *, blind: bool) -> int | None:
    return None if count is None else withhold(count, learners, blind=blind)


def _quizzes(
    totals: _Totals | None,
    lessons: dict[int, tuple[str, str]],
    learners: int,
    *,
    blind: bool,
) -> list[QuizScores]:
    found = []
    for row in totals.scores if totals else []:
        if row["quiz"] not in lessons:
            continue
        n = withhold(row["n"], learners, blind=blind)
        plain = not blind or all(count == 0 or count >= LEAST for count in row["bins"])
        found.append(
            QuizScores(
                *lessons[row["quiz"]],
                n=n,
                mean=row["mean"] if not blind or row["n"] >= LEAST else None,
                bins=list(row["bins"]) if plain and n is not None else None,
            )
        )
    return found
