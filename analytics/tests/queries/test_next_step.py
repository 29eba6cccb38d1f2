"""The next step in a course: by deadlines, mastery and unfinished work, with its reason."""

from datetime import timedelta

import pytest

from analytics.enums import StepKind
from analytics.queries.next_step import NextStep, next_step
from analytics.tests.mastery import answer, make_outcome, make_skill_quiz
from assessments.enums import QuestionKind
from assessments.services.attempt import start_attempt
from assessments.tests.factories import School, make_lesson, make_quiz, make_school
from courses.enums import LessonKind
from courses.services.progress import complete_for_learner
from lms.kernel import actors, clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> School:
    return make_school()


def step(school: School, who: str = "learner") -> NextStep | None:
    return next_step(school.actor(who), school.course)


def test_each_thing_gives_way_to_what_is_more_urgent(school: School) -> None:
    """From the least urgent on, each added to those before."""
    assert step(school) is None
    later = make_quiz(school, QuestionKind.TRUE_FALSE, due_at=clock.now() + timedelta(days=9))
    complete_for_learner(actor=actors.system("t"), lesson=later.lesson, learner=school.learner)
    assert named(school) == (StepKind.DUE, later.lesson.public_id)

    text = make_lesson(school, kind=LessonKind.TEXT)
    assert named(school) == (StepKind.LESSON, text.public_id)

    practice = make_skill_quiz(school, make_outcome(school, "G1", "Stack stones"))
    answer(practice, school.learner, "0000")
    assert named(school) == (StepKind.PRACTICE, practice.lesson.public_id)
    found = step(school)
    assert found is not None
    assert found.reason.startswith("“Stack stones” needs practice. You got 0 of 4 answers right")

    soon = make_quiz(school, QuestionKind.TRUE_FALSE, due_at=clock.now() + timedelta(days=2))
    assert named(school) == (StepKind.DUE, soon.lesson.public_id)

    start_attempt(actor=school.actor("learner"), quiz=practice)
    assert named(school) == (StepKind.ATTEMPT, practice.lesson.public_id)


def named(school: School) -> tuple[StepKind, str]:
    found = step(school)
    assert found is not None
    return found.kind, found.lesson


def test_a_quiz_that_opens_later_is_no_step(school: School) -> None:
    now = clock.now()
    quiz = make_quiz(
        school,
        QuestionKind.TRUE_FALSE,
        opens_at=now + timedelta(days=1),
        due_at=now + timedelta(days=2),
    )
    complete_for_learner(actor=actors.system("t"), lesson=quiz.lesson, learner=school.learner)
    assert step(school) is None


def test_when_all_is_done_what_was_missed_comes_back(school: School) -> None:
    practice = make_skill_quiz(school, count=1)
    answer(practice, school.learner, "0")
    found = step(school)
    assert found is not None
    assert (found.kind, found.lesson) == (StepKind.REVIEW, "")


def test_who_does_not_learn_here_has_no_step(school: School) -> None:
    make_quiz(school, QuestionKind.TRUE_FALSE, due_at=clock.now() + timedelta(days=2))
    assert step(school, "observer") is None
    previewing = school.actor("instructor").previewing(school.course.pk)
    assert next_step(previewing, school.course) is None
