"""What a course knew at a moment, in the form that a risk model reads."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import inf

from django.db.models import Min

from analytics.queries.records_by_hand import columns_by_hand, left_out_of
from analytics.scoring.risk.records import Handed, Member, Run, Task
from assessments.enums import AttemptState, SubmissionState
from assessments.models import Assignment, Attempt, GradeChange, GradeItem, Quiz, SubmissionMember
from assessments.queries.book import items_of, points_of
from assessments.queries.dates import FoundDates, Work, dates_of, found_dates
from courses.enums import CourseRole, EnrolmentState
from courses.models import Course, Enrolment

DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Cohort:
    """The learners of a course by their keys, as they were `day` days after its start."""

    started: datetime
    day: float
    members: dict[int, Member]


def cohort_of(course: Course, at: datetime) -> Cohort:
    """The learners of a course with all that had happened strictly before a moment.

    A learner's tasks are the published quizzes and assignments, due or closing by the dates that
    hold for this learner, without those they are excused from. One without a date is due when it is
    handed in, and never before; so is a column graded by hand, which has no date and counts as
    handed in when it was first scored. A course without a
    date of its own starts with its first learner; one without an end has no length. Learners who
    left are taken to have left after their last activity: when they left is not kept.
    """
    started = _start(course, at)
    days = _days(started, course.ends_at) if course.ends_at else 0.0
    rows = list(
        Enrolment.objects.filter(course=course, role=CourseRole.LEARNER, created_at__lt=at)
        .order_by("pk")
        .values_list("user_id", "created_at", "state", "last_active_at")
    )
    keys = [row[0] for row in rows]
    columns = _columns(course)
    dates = {key: found_dates(work, keys) for key, (work, _item) in columns.items()}
    handed, excused = _handed(course, columns, started, at)
    by_hand = columns_by_hand(course, started, at)
    members = {}
    for key, joined, state, active in rows:
        mine = {name: one for name, one in handed[key].items() if name not in excused[key]}
        tasks = _tasks(columns, dates, key, started, mine, excused[key])
        tasks += tuple(task for task, _one in by_hand.get(key, ()))
        mine |= {task.key: one for task, one in by_hand.get(key, ()) if one is not None}
        left = None
        if state != EnrolmentState.ACTIVE:
            left = _days(started, max(active or joined, joined))
        members[key] = Member(
            key=str(key),
            run=Run(course.public_id, days, tasks),
            joined=_days(started, joined),
            left=left,
            handed=mine,
        )
    return Cohort(started, _days(started, at), members)


def _start(course: Course, at: datetime) -> datetime:
    if course.starts_at:
        return course.starts_at
    first = Enrolment.objects.filter(course=course, role=CourseRole.LEARNER)
    return first.aggregate(first=Min("created_at"))["first"] or at


def _columns(course: Course) -> dict[str, tuple[Work, GradeItem]]:
    """The graded work of a course that learners see, with its column, by the column's id."""
    found: dict[str, tuple[Work, GradeItem]] = {}
    for item in items_of(course.pk):
        work = item.quiz or item.assignment
        if work is not None and work.lesson.published and work.state == "published":
            found[item.public_id] = (work, item)
    return found


def _tasks(
    columns: dict[str, tuple[Work, GradeItem]],
    dates: dict[str, dict[int, FoundDates]],
    learner: int,
    started: datetime,
    handed: Mapping[str, Handed],
    excused: Collection[str],
) -> tuple[Task, ...]:
    tasks = []
    for name, (work, item) in columns.items():
        own = dates[name][learner].dates if learner in dates[name] else dates_of(work)
        moment = own.due_at or own.closes_at
        if name in excused:
            continue
        if moment is not None:
            due = _days(started, moment)
        else:
            due = handed[name].day if name in handed else inf
        weight = 0.0 if item.extra else float(points_of(item) * item.weight)
        tasks.append(Task(name, due, weight))
    return tuple(tasks)


def _handed(
    course: Course, columns: dict[str, tuple[Work, GradeItem]], started: datetime, at: datetime
) -> tuple[dict[int, dict[str, Handed]], dict[int, set[str]]]:
    """What each learner had handed in with the score it had then, and what they were excused of."""
    when: dict[tuple[int, str], datetime] = {}
    for learner, name, moment in [*_attempts(course, columns, at), *_works(columns, at)]:
        when[learner, name] = min(moment, when.get((learner, name), moment))
    score, excused = _scores(course, columns, at)
    handed: dict[int, dict[str, Handed]] = defaultdict(dict)
    for (learner, name), moment in when.items():
        handed[learner][name] = Handed(_days(started, moment), score.get((learner, name)))
    return handed, excused


def _attempts(
    course: Course, columns: dict[str, tuple[Work, GradeItem]], at: datetime
) -> Iterable[tuple[int, str, datetime]]:
    names = {work.pk: name for name, (work, _item) in columns.items() if isinstance(work, Quiz)}
    rows = Attempt.objects.filter(course=course, quiz__in=names, submitted_at__lt=at)
    rows = rows.exclude(state=AttemptState.OPEN).order_by()
    for learner, quiz, moment in rows.values_list("learner_id", "quiz_id", "submitted_at"):
        if moment is not None:
            yield learner, names[quiz], moment


def _works(
    columns: dict[str, tuple[Work, GradeItem]], at: datetime
) -> Iterable[tuple[int, str, datetime]]:
    names = {
        work.pk: name for name, (work, _item) in columns.items() if isinstance(work, Assignment)
    }
    rows = SubmissionMember.objects.filter(assignment__in=names, submission__submitted_at__lt=at)
    rows = rows.exclude(submission__state=SubmissionState.DRAFT).order_by()
    fields = ("learner_id", "assignment_id", "submission__submitted_at")
    for learner, assignment, moment in rows.values_list(*fields):
        yield learner, names[assignment], moment


def _scores(
    course: Course, columns: dict[str, tuple[Work, GradeItem]], at: datetime
) -> tuple[dict[tuple[int, str], float | None], dict[int, set[str]]]:
    """The last score before the moment, 0 to 100, by the grades' history."""
    score: dict[tuple[int, str], float | None] = {}
    status: dict[tuple[int, str], str] = {}
    rows = GradeChange.objects.filter(grade__item__course=course, at__lt=at).order_by("at", "pk")
    fields = (
        "grade__learner_id",
        "grade__item__public_id",
        "after",
        "max_score",
        "grade__max_score",
        "status_after",
    )
    for learner, name, after, most, now_most, then in rows.values_list(*fields):
        if name in columns:
            full = most or now_most
            score[learner, name] = None if after is None or not full else float(100 * after / full)
            status[learner, name] = then
    left_out = left_out_of(course)
    excused: dict[int, set[str]] = defaultdict(set)
    for (learner, name), then in status.items():
        if then in left_out:
            excused[learner].add(name)
    return score, excused


def _days(start: datetime, moment: datetime) -> float:
    return (moment - start).total_seconds() / DAY_SECONDS
