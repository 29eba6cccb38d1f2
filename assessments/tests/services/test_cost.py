import pytest
from django.test import Client

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


def test_submitting_costs_the_same_for_any_number_of_questions() -> None:
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
    assert spent[1] <= spent[0]  # the first also makes the course's grade item


def test_saving_an_answer_over_http_is_eight_queries() -> None:
    school = make_school()
    actor = school.actor("learner")
    attempt = start_attempt(actor=actor, quiz=make_quiz(school, QuestionKind.TRUE_FALSE))
    part = attempt.questions.get()
    client = Client()
    client.force_login(school.learner)
    address = f"/api/v1/attempts/{attempt.public_id}/answers/{part.public_id}/"

    def save(seq: int) -> None:
        body = {"answer": True, "seq": seq}
        assert client.put(address, body, content_type="application/json").status_code == 200

    save(1)
    assert count_queries(lambda: save(2)) <= 8
