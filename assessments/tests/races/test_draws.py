"""Many learners start a drawn quiz at once, one learner moves on in many tabs."""

from collections import Counter
from decimal import Decimal

import pytest

from accounts.tests.factories import UserFactory
from assessments.enums import Layout, Navigation, QuestionKind, StepKind
from assessments.models import Attempt, AttemptQuestion, Question, QuestionUse, Quiz
from assessments.scoring.narrow import Narrow
from assessments.services.attempt import start_attempt
from assessments.services.bank import retire_question
from assessments.services.pages import move_on
from assessments.services.quiz import create_quiz, publish_quiz
from assessments.services.quiz_draws import add_draw
from assessments.tests.factories import (
    School,
    make_lesson,
    make_question,
    make_quiz,
    make_school,
)
from assessments.tests.races.test_attempt import all_at_once
from courses.enums import CourseRole
from courses.models import Enrolment
from lms.kernel import actors
from lms.kernel.actors import Actor

pytestmark = pytest.mark.django_db(transaction=True)
LEARNERS = 24


def drawn_quiz(school: School, questions: int, *counts: int) -> Quiz:
    actor = school.actor("instructor")
    for number in range(questions):
        make_question(school, QuestionKind.TRUE_FALSE, stem=f"Stone {number}?")
    quiz = create_quiz(actor=actor, lesson=make_lesson(school))
    for count in counts:
        add_draw(actor=actor, quiz=quiz, count=count, points=Decimal(1), narrow=Narrow())
    return publish_quiz(actor=actor, quiz=quiz)


def learners(school: School, count: int) -> list[Actor]:
    people = [UserFactory() for _person in range(count)]
    for person in people:
        Enrolment.objects.create(course=school.course, user=person, role=CourseRole.LEARNER)
    return [actors.for_user(person) for person in people]


def test_simultaneous_starts_all_get_full_sets_and_are_counted() -> None:
    school = make_school()
    quiz = drawn_quiz(school, 8, 2, 1)
    people = learners(school, LEARNERS)
    found = all_at_once(lambda n: start_attempt(actor=people[n], quiz=quiz).pk, LEARNERS)
    assert len(set(found)) == Attempt.objects.count() == LEARNERS
    rows = AttemptQuestion.objects.values_list("attempt", "version__question")
    assert len(rows) == len(set(rows)) == 3 * LEARNERS
    told: Counter[int] = Counter()
    for question, used in QuestionUse.objects.values_list("question", "used"):
        told[question] += used
    assert told == Counter(question for _attempt, question in rows)
    assert sum(told.values()) == 3 * LEARNERS


def test_starts_while_the_bank_shrinks_get_full_sets_or_a_conflict() -> None:
    school = make_school()
    quiz = drawn_quiz(school, 4, 3)
    people = learners(school, 8)
    first, second = Question.objects.order_by("pk")[:2]
    teacher = school.actor("instructor")

    def act(number: int) -> object:
        if number in {3, 6}:
            return retire_question(actor=teacher, question=first if number == 3 else second).pk
        return start_attempt(actor=people[number], quiz=quiz).questions.count()

    found = all_at_once(act, 8)
    starts = [one for number, one in enumerate(found) if number not in {3, 6}]
    assert set(starts) <= {3, "draw_short"}
    assert Attempt.objects.count() == starts.count(3)
    assert AttemptQuestion.objects.count() == 3 * starts.count(3)


def test_two_tabs_leave_a_page_once() -> None:
    school = make_school()
    quiz = make_quiz(school, layout=Layout.QUESTION, navigation=Navigation.FORWARD)
    actor = school.actor("learner")
    attempt = start_attempt(actor=actor, quiz=quiz)
    found = all_at_once(lambda _n: move_on(actor=actor, attempt=attempt, page=1).page, 10)
    assert set(found) == {2}
    assert attempt.steps.filter(kind=StepKind.MOVED).count() == 1
