"""Totals follow what learners see: a column counts while its lesson and its work are open."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from assessments.enums import QuestionKind
from assessments.models import CourseTotal, Quiz
from assessments.queries.reconcile import mismatches
from assessments.services.quiz import publish_quiz, unpublish_quiz
from assessments.tests.factories import School, make_attempt, make_quiz, make_school
from courses.services.lesson import hide_lesson, publish_lesson
from courses.services.outline import (
    delete_lesson,
    delete_section,
    restore_lesson,
    restore_section,
)
from lms.kernel.actors import Actor
from lms.kernel.models import Job
from lms.kernel.testing import run_jobs

pytestmark = pytest.mark.django_db
Act = Callable[[Actor, Quiz], object]
TURNS: dict[str, tuple[Act, Act]] = {
    "lesson hidden": (
        lambda actor, quiz: hide_lesson(actor=actor, lesson=quiz.lesson),
        lambda actor, quiz: publish_lesson(actor=actor, lesson=quiz.lesson),
    ),
    "lesson deleted": (
        lambda actor, quiz: delete_lesson(actor=actor, lesson=quiz.lesson),
        lambda actor, quiz: restore_lesson(actor=actor, lesson=quiz.lesson),
    ),
    "section deleted": (
        lambda actor, quiz: delete_section(actor=actor, section=quiz.lesson.section),
        lambda actor, quiz: restore_section(actor=actor, section=quiz.lesson.section),
    ),
    "quiz taken back": (
        lambda actor, quiz: unpublish_quiz(actor=actor, quiz=quiz),
        lambda actor, quiz: publish_quiz(actor=actor, quiz=quiz),
    ),
}


@pytest.fixture
def school() -> School:
    return make_school()


def total(school: School) -> Decimal | None:
    return CourseTotal.objects.get(course=school.course, learner=school.learner).posted


def fresh(quiz: Quiz) -> Quiz:
    return Quiz.objects.select_related("lesson__section", "lesson__course", "course").get(
        pk=quiz.pk
    )


@pytest.mark.parametrize("turn", TURNS)
def test_a_column_goes_out_of_the_totals_and_comes_back(
    school: School, turn: str, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE)
    make_attempt(school, quiz)
    assert total(school) == 100
    for act, expected in zip(TURNS[turn], (None, Decimal(100)), strict=True):
        with django_capture_on_commit_callbacks(execute=True):
            act(school.actor("instructor"), fresh(quiz))
        run_jobs("assessments.recount_totals")
        assert total(school) == expected
        assert not any(mismatches().values())


def test_a_course_without_totals_is_not_counted(
    school: School, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE)
    with django_capture_on_commit_callbacks(execute=True):
        hide_lesson(actor=school.actor("instructor"), lesson=fresh(quiz).lesson)
    assert not Job.objects.filter(kind="assessments.recount_totals").exists()
