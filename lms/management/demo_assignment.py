"""One assignment of the demo: a rubric, three works, one of them marked and returned."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from accounts.models import User
from assessments.enums import LateUnit
from assessments.models import Assignment, Submission
from assessments.scoring.dates import Change
from assessments.scoring.rubric import Criterion, Level, Pick
from assessments.services.assignment import (
    AssignmentSettings,
    create_assignment,
    publish_assignment,
)
from assessments.services.comments import Place, add_comment
from assessments.services.marking import Judgement, save_mark
from assessments.services.override import set_override
from assessments.services.returning import release_marks
from assessments.services.rubric import create_rubric
from assessments.services.submission import open_submission, save_draft, submit
from courses.enums import CourseRole, LessonKind
from courses.models import Course, Enrolment
from courses.services.lesson import publish_lesson
from courses.services.outline import add_lesson
from lms.kernel import clock
from lms.kernel.actors import for_user
from lms.management.demo_timeline import Stage, run_waiting_jobs

SLUG: Final = "thinking-with-data"
ASKED: Final = """Keep a log of **one thing** you can count, every day for a week, and write
a page about it.

- Say what you counted and what you left out.
- Give the mean, and how wrong it could be.
- End with one question that your log cannot answer.
"""
CRITERIA: Final = (
    Criterion(
        id="question",
        title="The question",
        description="What is asked of the data?",
        levels=(
            Level("clear", "Clear", Decimal(10), "One question that a week can answer."),
            Level("vague", "Vague", Decimal(5), "A topic rather than a question."),
            Level("none", "Missing", Decimal(0)),
        ),
    ),
    Criterion(
        id="evidence",
        title="The evidence",
        description="Numbers, where they come from, how wrong they could be.",
        levels=(
            Level("whole", "Convincing", Decimal(20), "Mean, spread and what was left out."),
            Level("part", "Partly", Decimal(12), "A mean without its width."),
            Level("none", "Missing", Decimal(0), "An opinion."),
        ),
    ),
)
FERRIES: Final = """I counted the ferries that passed my window between seven and eight each \
morning. On Monday there were eleven, on Sunday four. I left out fishing boats, because they keep \
no timetable.

The mean is 8.4 ferries a day. A week is short: if the true mean were 9, a week like mine would \
not be rare. I would need about a month to tell 8 from 9.

My log cannot say why two of the days were so quiet. I think it was the wind."""
TEA: Final = """Cups of tea in our office: 14, 16, 15, 13, 9, 2, 1. The mean is 10. I did not \
count the cups that people brought from home, and on Friday I left at three.

I cannot tell whether we drink less on a Friday or whether I was not there to see it."""
DOGS: Final = "I counted dogs in the park. There were many on Saturday. I like the brown ones most."
WORKS: Final = (FERRIES, TEA, DOGS)
OPENED, DUE = timedelta(days=12), timedelta(days=3)


def add_assignment(stage: Stage, now: datetime) -> Assignment:
    """An assignment at the end of the first course, handed in by three of its learners."""
    teacher, helper = stage.actor("instructor@example.com"), stage.actor("assistant@example.com")
    course = Course.objects.get(slug=SLUG)
    with clock.travel(now - OPENED):
        row = _write(stage, course, now)
    works = [
        _hand_in(row, enrolment, text, now - DUE - timedelta(hours=5 * place))
        for place, (enrolment, text) in enumerate(zip(_learners(course), WORKS, strict=False))
    ]
    with clock.travel(now - timedelta(days=1)):
        first = works[0]
        place = Place(start=FERRIES.index("I left out"), end=FERRIES.index("The mean") - 2)
        body = "Good: you say what you left out, and why."
        add_comment(actor=helper, work=first.versions.get(), body=body, place=place, keep=True)
        picks = {"question": Pick("clear"), "evidence": Pick("whole")}
        words = "A careful log. The month that you would need is the best sentence in it."
        judgement = Judgement(picks=picks, feedback=words)
        save_mark(actor=helper, submission=first, judgement=judgement, done=True)
        release_marks(actor=teacher, assignment=row)
    run_waiting_jobs()
    return row


def _write(stage: Stage, course: Course, now: datetime) -> Assignment:
    teacher = stage.actor("instructor@example.com")
    rubric = create_rubric(
        actor=teacher, course=course, kind="rubric", title="A short report", criteria=CRITERIA
    )
    section = course.sections.filter(deleted_at=None).order_by("-ordinal")[0]
    lesson = add_lesson(
        actor=teacher,
        section=section,
        title="A week of counting",
        kind=LessonKind.ASSIGNMENT,
        minutes=60,
    )
    settings = AssignmentSettings(
        instructions=ASKED,
        points=Decimal(30),
        due_at=now - DUE,
        cutoff_at=now + timedelta(days=11),
        late_unit=LateUnit.DAY,
        late_percent=Decimal(5),
        late_cap=Decimal(50),
        rubric=rubric.public_id,
    )
    row = create_assignment(actor=teacher, lesson=lesson, settings=settings)
    row = publish_assignment(actor=teacher, assignment=row)
    publish_lesson(actor=teacher, lesson=lesson)
    set_override(
        actor=teacher,
        work=row,
        change=Change(due_at=now + timedelta(days=5)),
        person=User.objects.get(email="student2@example.com"),
    )
    return row


def _learners(course: Course) -> list[Enrolment]:
    """Invented learners who came furthest; the logins keep their own work to do."""
    rows = Enrolment.objects.filter(course=course, role=CourseRole.LEARNER, state="active")
    rows = rows.select_related("user").order_by("-completed_lessons", "pk")
    invented = [row for row in rows if "." in row.user.email.partition("@")[0]]
    return invented[: len(WORKS)]


def _hand_in(row: Assignment, enrolment: Enrolment, text: str, at: datetime) -> Submission:
    actor = for_user(enrolment.user)
    with clock.travel(at):
        mine = open_submission(actor=actor, assignment=row)
        save_draft(actor=actor, submission=mine, text=text, seq=1)
        submit(actor=actor, submission=mine, number=1)
    mine.refresh_from_db()
    return mine
