"""Funnel and scores, counted against rows by hand."""

from datetime import timedelta

import pytest

from analytics.models import CourseTotals
from analytics.services.totals import refresh_stale_totals, refresh_totals
from analytics.tests.factories import make_learner
from assessments.tests.factories import (
    School,
    make_attempt,
    make_course,
    make_lesson,
    make_quiz,
    make_school,
)
from courses.models import Enrolment, LessonProgress
from lms.kernel import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> School:
    return make_school()


def test_totals_count_lessons_in_the_order_of_the_outline(school: School) -> None:
    second = make_lesson(school, kind="text", ordinal=2)
    first = make_lesson(school, kind="text", ordinal=1)
    hidden = make_lesson(school, kind="text", published=False)
    own = Enrolment.objects.get(course=school.course, user=school.learner)
    other = Enrolment.objects.get(course=school.course, user=school.classmate)
    staff = Enrolment.objects.get(course=school.course, user=school.assistant)
    for enrolment, lesson, state in [
        (own, first, "completed"),
        (own, second, "started"),
        (other, first, "started"),
        (staff, first, "completed"),
        (own, hidden, "completed"),
    ]:
        LessonProgress.objects.create(enrolment=enrolment, lesson=lesson, state=state)
    totals = refresh_totals(school.course)
    assert totals.funnel == [
        {"lesson": first.pk, "reached": 2, "started": 2, "completed": 1},
        {"lesson": second.pk, "reached": 1, "started": 1, "completed": 0},
    ]


def test_who_skips_a_lesson_got_past_it(school: School) -> None:
    lessons = [make_lesson(school, kind="text", ordinal=at) for at in (1, 2, 3)]
    own = Enrolment.objects.get(course=school.course, user=school.learner)
    other = Enrolment.objects.get(course=school.course, user=school.classmate)
    LessonProgress.objects.create(enrolment=own, lesson=lessons[2], state="started")
    LessonProgress.objects.create(enrolment=other, lesson=lessons[0], state="completed")
    found = refresh_totals(school.course).funnel
    assert [(row["reached"], row["started"]) for row in found] == [(2, 1), (1, 0), (1, 1)]


def test_totals_hold_the_distribution_of_each_quiz(school: School) -> None:
    quiz = make_quiz(school)
    make_attempt(school, quiz, "learner")
    make_attempt(school, quiz, "classmate", wrong=5)
    totals = refresh_totals(school.course)
    assert totals.scores == [
        {"quiz": quiz.lesson_id, "n": 2, "mean": 0.5, "bins": [1, 0, 0, 0, 0, 0, 0, 0, 0, 1]}
    ]
    Enrolment.objects.filter(user=school.classmate).update(state="left")
    assert refresh_totals(school.course).scores[0]["n"] == 1


def test_stale_totals_are_recounted_at_most_every_five_minutes(school: School) -> None:
    other = make_course(school.instructor)
    CourseTotals.objects.create(course=school.course)
    CourseTotals.objects.create(course=other, stale=False)
    assert refresh_stale_totals() == 1
    CourseTotals.objects.update(stale=True)
    assert refresh_stale_totals(limit=1) == 1
    assert CourseTotals.objects.get(course=other).stale is False
    assert refresh_stale_totals() == 0
    make_learner(school.course)
    with clock.travel(clock.now() + timedelta(minutes=6)):
        assert refresh_stale_totals() == 1
