"""A course with dated quizzes: one learner hands them in on time, the other hands in nothing."""

from datetime import datetime, timedelta

from assessments.enums import QuestionKind
from assessments.models import Quiz
from assessments.tests.factories import School, make_attempt, make_quiz, make_school
from courses.models import Course, Enrolment
from lms.kernel import clock

START = datetime.fromisoformat("2026-01-05T00:00:00+00:00")
DUE_DAYS = (7, 14, 21, 28)
NOW = START + timedelta(days=30, hours=12)


def day(number: float) -> datetime:
    """So many days after the start of the course."""
    return START + timedelta(days=number)


def make_course_under_way() -> tuple[School, list[Quiz]]:
    """Day 30: the learner handed in every quiz two days before it was due, the classmate none."""
    with clock.travel(day(-7)):
        school = make_school()
        Course.objects.filter(pk=school.course.pk).update(
            starts_at=START, ends_at=day(100), learner_count=2
        )
        school.course.refresh_from_db()
        Enrolment.objects.filter(course=school.course).update(created_at=day(-7))
        quizzes = [make_quiz(school, QuestionKind.TRUE_FALSE, due_at=day(due)) for due in DUE_DAYS]
    for due, quiz in zip(DUE_DAYS, quizzes, strict=True):
        with clock.travel(day(due - 2)):
            make_attempt(school, quiz)
    return school, quizzes
