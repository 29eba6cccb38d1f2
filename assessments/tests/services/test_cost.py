import pytest

from assessments.enums import QuestionKind
from assessments.services.attempt import save_answer, start_attempt
from assessments.services.closing import submit_attempt
from assessments.tests.factories import make_quiz, make_school
from lms.kernel.testing import count_queries

pytestmark = pytest.mark.django_db


def test_saving_an_answer_is_a_handful_of_queries() -> None:
    school = make_school()
    actor = school.actor("learner")
    attempt = start_attempt(actor=actor, quiz=make_quiz(school))
    part = attempt.questions.get(ordinal=3)
    spent = count_queries(
        lambda: save_answer(actor=actor, attempt=attempt, question=part, answer=True, seq=1)
    )
    assert spent <= 6


def test_starting_costs_the_same_for_any_number_of_questions() -> None:
    school = make_school()
    actor = school.actor("learner")
    few = make_quiz(school, QuestionKind.NUMERIC)
    many = make_quiz(school)
    spent = [
        count_queries(lambda quiz=quiz: start_attempt(actor=actor, quiz=quiz))  # type: ignore[misc]
        for quiz in (few, many)
    ]
    assert spent[0] == spent[1]


def test_submitting_adds_one_step_per_question_and_nothing_else() -> None:
    school = make_school()
    actor = school.actor("learner")
    spent = []
    for kinds in ([QuestionKind.NUMERIC], list(QuestionKind)):
        attempt = start_attempt(actor=actor, quiz=make_quiz(school, *kinds))
        spent.append(
            count_queries(
                lambda attempt=attempt: submit_attempt(actor=actor, attempt=attempt)  # type: ignore[misc]
            )
        )
    assert spent[1] - spent[0] <= 4
