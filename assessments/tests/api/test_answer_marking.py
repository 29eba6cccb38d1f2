"""Essays and marking through the API."""

from typing import Any

import pytest
from django.test import Client

from assessments.enums import QuestionKind
from assessments.tests.factories import School, make_attempt, make_quiz, make_school
from lms.kernel.testing import count_queries

pytestmark = pytest.mark.django_db
DETAIL = {
    "min_words": 3,
    "max_words": 50,
    "markdown": False,
    "template": "## Claim",
    "notes": "Look for reasons.",
}


@pytest.fixture
def school() -> School:
    return make_school()


def client_of(school: School, who: str) -> Client:
    client = Client()
    client.force_login(getattr(school, who))
    return client


def send(client: Client, method: str, url: str, body: Any) -> Any:
    return client.generic(method, url, __import__("json").dumps(body), "application/json")


def test_an_essay_is_written_and_read_with_its_detail(school: School) -> None:
    client = client_of(school, "instructor")
    body = {
        "course": school.course.public_id,
        "kind": "essay",
        "stem": "Why?",
        "detail": DETAIL,
    }
    made = send(client, "POST", "/api/v1/questions/", body)
    assert made.status_code == 201, made.content
    assert made.json()["detail"] == DETAIL
    url = f"/api/v1/questions/{made.json()['id']}/"
    changed = send(client, "PATCH", url, {"stem": "Why else?"}).json()
    assert changed["detail"] == DETAIL
    tried = send(client, "POST", f"{url}try/", {"answer": "Because."}).json()
    assert (tried["score"], tried["verdict"]) == (None, "waiting")
    wrong = send(client, "PATCH", url, {"detail": {**DETAIL, "min_words": "many"}})
    assert wrong.status_code == 400
    assert "detail.min_words" in wrong.json()["errors"]


def test_a_queue_is_read_and_marked(school: School) -> None:
    quiz = make_quiz(school, QuestionKind.ESSAY)
    attempt = make_attempt(school, quiz)
    client = client_of(school, "assistant")
    (line,) = client.get(f"/api/v1/quizzes/{quiz.public_id}/marking/").json()["results"]
    assert (line["attempt"], line["answer"], line["score"]) == (
        attempt.public_id,
        "It marks the **way**.",
        None,
    )
    url = f"/api/v1/attempts/{attempt.public_id}/marks/{line['id']}/"
    draft = send(client, "PUT", url, {"score": None, "comment": "Hm.", "seq": line["seq"]}).json()
    assert (draft["attempt_state"], draft["comment"]) == ("submitted", "Hm.")
    stale = send(client, "PUT", url, {"score": "1", "seq": line["seq"]})
    assert stale.status_code == 412
    done = send(client, "PUT", url, {"score": "3.5", "seq": draft["seq"]}).json()
    assert (done["score"], done["comment"]) == ("3.5000", "Hm.")
    assert (done["attempt_state"], done["attempt_score"]) == ("released", "3.5000")
    assert send(client, "PUT", url, {"score": "4"}).json()["code"] == "attempt_released"
    review = client_of(school, "learner").get(f"/api/v1/attempts/{attempt.public_id}/review/")
    (question,) = review.json()["questions"]
    assert question["comment_html"] == "<p>Hm.</p>\n"
    assert (question["score"], question["verdict"]) == ("3.5000", "partial")


def test_learners_see_neither_drafts_nor_the_queue(school: School) -> None:  # Z7
    quiz = make_quiz(school, QuestionKind.ESSAY, QuestionKind.ESSAY)
    attempt = make_attempt(school, quiz)
    parts = list(attempt.questions.order_by("ordinal"))
    url = f"/api/v1/attempts/{attempt.public_id}/"
    marked = send(
        client_of(school, "assistant"),
        "PUT",
        f"{url}marks/{parts[0].public_id}/",
        {"score": "1", "comment": "SECRET"},
    )
    assert marked.status_code == 200
    learner = client_of(school, "learner")
    seen = learner.get(url)
    assert seen.json()["state"] == "submitted"
    assert (seen.json()["score"], seen.json()["questions"]) == (None, [])
    assert b"SECRET" not in seen.content
    assert learner.get(f"{url}review/").status_code == 403
    assert learner.get(f"/api/v1/quizzes/{quiz.public_id}/marking/").status_code == 403


def test_the_queue_costs_the_same_for_one_and_three(school: School) -> None:
    quiz = make_quiz(school, QuestionKind.ESSAY, attempts_allowed=None)
    client, url = client_of(school, "assistant"), f"/api/v1/quizzes/{quiz.public_id}/marking/"
    make_attempt(school, quiz)
    one = count_queries(lambda: client.get(url))
    make_attempt(school, quiz)
    make_attempt(school, quiz, "classmate")
    assert count_queries(lambda: client.get(url)) == one
