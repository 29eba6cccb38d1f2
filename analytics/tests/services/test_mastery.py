"""Mastery kept up to date: one answer after the other equals counting all of them anew."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import User
from accounts.services.privacy import erase_person
from analytics.models import CourseMastery, SkillAnswer, SkillFit, SkillMastery
from analytics.scoring.mastery.tracing import DEFAULT, traced
from analytics.services.mastery import FIT, catch_up, fit_mastery, start_due_fits, take_in
from analytics.tests.factories import make_learner
from analytics.tests.mastery import answer, drain, make_outcome, make_skill_quiz, take_all
from assessments.enums import QuestionKind
from assessments.models import Attempt, LearningOutcome, Quiz
from assessments.queries.content import version_content
from assessments.services.answer_marking import mark_question
from assessments.services.attempt import save_answer, start_attempt
from assessments.services.bank import revise_question
from assessments.services.closing import submit_attempt
from assessments.services.grading import override_score, regrade_question
from assessments.tests.factories import School, make_quiz, make_school, right_answer
from lms.kernel import clock
from lms.kernel.actors import for_user
from lms.kernel.models import Job
from lms.kernel.testing import run_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def school() -> School:
    return make_school()


@pytest.fixture
def outcome(school: School) -> LearningOutcome:
    return make_outcome(school, "G1")


def cell(school: School, outcome: LearningOutcome) -> SkillMastery:
    return SkillMastery.objects.get(learner=school.learner, outcome=outcome)


def kept() -> list[dict[str, Any]]:
    rows = SkillMastery.objects.order_by("learner_id", "outcome_id")
    found = rows.values("learner", "outcome", "mastery", "answers", "right", "last_answer")
    return [dict(row) for row in found]


def test_answers_move_mastery_one_by_one(school: School, outcome: LearningOutcome) -> None:
    quiz = make_skill_quiz(school, outcome)
    answer(quiz, school.learner, "1101")
    take_all(school)
    row = cell(school, outcome)
    assert (row.answers, row.right) == (4, 3)
    assert row.mastery == traced(DEFAULT, [True, True, False, True])[-1]
    answer(quiz, school.learner, "1-11")
    take_all(school)
    marks = [True, True, False, True, True, True, True]
    assert cell(school, outcome).mastery == traced(DEFAULT, marks)[-1]


def test_an_answer_counts_for_every_outcome_of_its_question(school: School) -> None:
    outcomes = [make_outcome(school, code) for code in ("G1", "G2")]
    answer(make_skill_quiz(school, *outcomes, count=2), school.learner, "11")
    take_all(school)
    assert {row.outcome_id: row.answers for row in SkillMastery.objects.all()} == {
        one.pk: 2 for one in outcomes
    }


def test_reading_twice_changes_nothing(school: School, outcome: LearningOutcome) -> None:
    quiz = make_skill_quiz(school, outcome)
    answer(quiz, school.learner, "1011")
    take_all(school)
    before = kept()
    assert take_in(school.course.pk, quizzes=[quiz.pk], learners=[school.learner.pk]) == 0
    assert kept() == before


def test_open_and_waiting_attempts_do_not_count(school: School, outcome: LearningOutcome) -> None:
    answer(make_skill_quiz(school, outcome), school.learner, "1111", submit=False)
    written = make_quiz(school, QuestionKind.TRUE_FALSE, QuestionKind.ESSAY)
    for item in written.items.all():
        item.question.outcomes.set([outcome])
    answer(written, school.classmate, "1-", submit=False)
    take_in(
        school.course.pk,
        quizzes=Quiz.objects.values_list("pk", flat=True),
        learners=[school.learner.pk, school.classmate.pk],
    )
    assert not SkillMastery.objects.exists()


def test_a_late_answer_takes_its_place_in_time(school: School, outcome: LearningOutcome) -> None:
    """The event of the first attempt is read after that of the second."""
    first, second = (make_skill_quiz(school, outcome, count=2) for _ in range(2))
    answer(first, school.learner, "00")
    answer(second, school.learner, "11")
    take_in(school.course.pk, quizzes=[second.pk], learners=[school.learner.pk])
    assert cell(school, outcome).answers == 2
    take_in(school.course.pk, quizzes=[first.pk], learners=[school.learner.pk])
    marks = [False, False, True, True]
    assert cell(school, outcome).mastery == traced(DEFAULT, marks)[-1]


@pytest.mark.django_db(transaction=True)
def test_events_tell_of_answers_and_of_marking_again(
    school: School, outcome: LearningOutcome
) -> None:
    """Also in an attempt that makes no grade, because another one is better; twice is once."""
    quiz = make_skill_quiz(school, outcome)
    worse = answer(quiz, school.learner, "0000")
    answer(quiz, school.learner, "1111")
    drain()
    part = worse.questions.order_by("ordinal")[0]
    override_score(
        actor=school.actor("instructor"),
        attempt=worse,
        question=part,
        score=Decimal(1),
        reason="The figure was missing.",
    )
    drain()
    marks = [True, False, False, False, True, True, True, True]
    assert cell(school, outcome).mastery == traced(DEFAULT, marks)[-1]
    assert cell(school, outcome).right == 5
    assert catch_up() == 0


@pytest.mark.django_db(transaction=True)
def test_events_tell_of_an_attempt_that_a_person_marked_to_its_end(
    school: School, outcome: LearningOutcome
) -> None:
    """It waited until then, and makes no grade, because another one is better."""
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE, QuestionKind.ESSAY, attempts_allowed=None)
    for item in quiz.items.select_related("question"):
        item.question.outcomes.set([outcome])
    for pattern, worth in (("1", 1), ("0", 0)):
        attempt = answer_and_write(quiz, school.learner, pattern)
        essay = attempt.questions.get(version__question__kind=QuestionKind.ESSAY)
        drain()
        mark_question(
            actor=school.actor("instructor"),
            attempt=attempt,
            question=essay,
            score=worth * essay.points,
            comment="",
        )
    drain()
    assert (cell(school, outcome).answers, cell(school, outcome).right) == (4, 2)


def test_a_corrected_key_is_traced_again(school: School, outcome: LearningOutcome) -> None:
    quiz = make_skill_quiz(school, outcome, count=1)
    answer(quiz, school.learner, "0")
    take_all(school)
    question, teacher = quiz.items.get().question, school.actor("instructor")
    content = version_content(question.latest)
    turned = replace(content, truth=not content.truth)
    revise_question(actor=teacher, question=question, content=turned)
    regrade_question(actor=teacher, quiz=quiz, question=question)
    take_all(school)
    assert (cell(school, outcome).right, cell(school, outcome).answers) == (1, 1)


def answer_and_write(quiz: Quiz, person: User, pattern: str) -> Attempt:
    """An attempt at a true-or-false question and an essay."""
    actor = for_user(person)
    attempt = start_attempt(actor=actor, quiz=quiz)
    for part in attempt.questions.order_by("ordinal"):
        said: object = "Some words of my own."
        if part.version.question.kind == QuestionKind.TRUE_FALSE:
            said = right_answer(part.version) == (pattern == "1")
        save_answer(actor=actor, attempt=attempt, question=part, answer=said, seq=1)
    return submit_attempt(actor=actor, attempt=attempt)


def test_counting_anew_equals_counting_on(school: School, outcome: LearningOutcome) -> None:
    """With the same parameters: answers before and after the fit are both in it."""
    quiz = make_skill_quiz(school, outcome)
    for person, pattern in ((school.learner, "1101"), (school.classmate, "0011")):
        answer(quiz, person, pattern)
    take_all(school)
    fit_mastery(school.course.pk)
    answer(quiz, school.learner, "1110")
    take_all(school)
    before = kept()
    SkillMastery.objects.all().delete()
    SkillAnswer.objects.all().delete()
    fit_mastery(school.course.pk)
    assert kept() == before


def test_below_thirty_answers_the_usual_parameters_hold(
    school: School, outcome: LearningOutcome
) -> None:
    quiz = make_skill_quiz(school, outcome)
    answer(quiz, school.learner, "1101")
    assert fit_mastery(school.course.pk) == 0
    row = SkillFit.objects.get()
    assert (row.fitted, row.answers, row.prior) == (False, 4, DEFAULT.prior)


def test_from_thirty_answers_parameters_are_fitted(
    school: School, outcome: LearningOutcome
) -> None:
    quiz = make_skill_quiz(school, outcome)
    for pattern in ("0011", "0111", "0001", "1111", "0011", "0111", "0101", "0011"):
        answer(quiz, make_learner(school.course), pattern)
    assert fit_mastery(school.course.pk) == 1
    row = SkillFit.objects.get()
    assert row.fitted
    assert (row.answers, row.prior != DEFAULT.prior) == (32, True)
    assert SkillMastery.objects.count() == 8


def test_a_question_filed_elsewhere_leaves_its_outcome(
    school: School, outcome: LearningOutcome
) -> None:
    quiz = make_skill_quiz(school, outcome)
    answer(quiz, school.learner, "1101")
    take_all(school)
    for item in quiz.items.all():
        item.question.outcomes.clear()
    fit_mastery(school.course.pk)
    assert not SkillMastery.objects.exists()
    assert not SkillAnswer.objects.exists()


def test_erased_people_are_not_counted_again(school: School, outcome: LearningOutcome) -> None:
    """V7."""
    answer(make_skill_quiz(school, outcome), school.learner, "1101")
    take_all(school)
    erase_person(actor=school.actor("learner"), person=school.learner)
    assert not SkillMastery.objects.exists()
    fit_mastery(school.course.pk)
    assert not SkillMastery.objects.exists()


def test_the_sweep_starts_a_fit_a_day(school: School, outcome: LearningOutcome) -> None:
    quiz = make_skill_quiz(school, outcome)
    answer(quiz, school.learner, "1101")
    take_all(school)
    assert start_due_fits() == 1
    run_jobs()
    assert Job.objects.get(kind=FIT).result == {"fitted": 0}
    assert CourseMastery.objects.get().fitted_at is not None
    assert start_due_fits() == 0
    with clock.travel(clock.now() + timedelta(hours=21)):
        assert start_due_fits() == 0
        answer(quiz, school.learner, "1111")
        take_all(school)
        assert start_due_fits() == 1


def test_unanswered_questions_tell_nothing(school: School, outcome: LearningOutcome) -> None:
    attempt: Attempt = answer(make_skill_quiz(school, outcome), school.learner, "--1-")
    take_all(school)
    assert attempt.questions.count() == 4
    assert cell(school, outcome).answers == 1
