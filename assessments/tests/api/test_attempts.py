import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from assessments.enums import QuestionKind
from assessments.models import Attempt, AttemptStep
from assessments.services.attempt import start_attempt
from assessments.services.closing import submit_attempt
from assessments.tests.factories import (
    School,
    answer_all,
    make_attempt,
    make_quiz,
    make_school,
    right_answer,
    tells,
)
from lms.kernel.clock import travel
from lms.kernel.testing import assert_constant_queries

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
API = "/api/v1/attempts/"
SECRETS = ("KEYWORD", "from lava", "San Francisco", "Three times", "324", '"correct"', "accepted")


@pytest.fixture
def school() -> School:
    return make_school()


def client_of(school: School, who: str) -> Client:
    client = Client()
    if who != "anonymous":
        client.force_login(getattr(school, who))
    return client


def send(client: Client, method: str, url: str, body: object = None, **headers: str) -> Any:
    return client.generic(
        method,
        url,
        b"" if body is None else json.dumps(body).encode(),
        content_type="application/json",
        headers=headers,
    )


def test_a_whole_attempt_through_the_api(school: School) -> None:
    client, quiz = client_of(school, "learner"), make_quiz(school, time_limit_seconds=600)
    started = send(client, "POST", API, {"quiz": quiz.public_id})
    assert started.status_code == 201
    attempt = started.json()
    assert {"id", "quiz", "number", "state", "started_at", "deadline", "questions"} <= set(attempt)
    assert (attempt["quiz"], attempt["number"], attempt["state"]) == (quiz.public_id, 1, "open")
    assert {"id", "kind", "stem", "options", "points"} <= set(attempt["questions"][0])
    assert set(attempt["questions"][0]["options"][0]) == {"id", "html"}
    assert send(client, "POST", API, {"quiz": quiz.public_id}).json()["id"] == attempt["id"]
    url = f"{API}{attempt['id']}/"
    parts = {p.public_id: p for p in Attempt.objects.get().questions.all()}
    for question in attempt["questions"]:
        answer = right_answer(parts[question["id"]].version)
        body = {"answer": answer, "seq": 4}
        saved = send(client, "PUT", f"{url}answers/{question['id']}/", body)
        assert saved.status_code == 200
        assert (saved.json()["seq"], saved.json()["deadline"]) == (4, attempt["deadline"])
    done = send(client, "POST", f"{url}submit/").json()
    assert (done["state"], done["score"], done["max_score"]) == ("released", "6.0000", "6.0000")
    assert send(client, "POST", f"{url}submit/").json() == done
    assert client.get(url).json() == done
    review = client.get(f"{url}review/").json()
    assert review["score"] == "6.0000"
    assert [q["verdict"] for q in review["questions"]] == ["correct"] * 5


def test_nothing_of_the_key_reaches_a_learner_before_review(school: School) -> None:  # Z5
    client, quiz = client_of(school, "learner"), make_quiz(school, show_review=False)
    actor = school.actor("learner")
    attempt = start_attempt(actor=actor, quiz=quiz)
    part = attempt.questions.get(ordinal=1)
    url = f"{API}{attempt.public_id}/"
    answers = [
        client.get(f"/api/v1/quizzes/{quiz.public_id}/"),
        client.get("/api/v1/quizzes/"),
        client.get(url),
        send(
            client,
            "PUT",
            f"{url}answers/{part.public_id}/",
            {"answer": right_answer(part.version), "seq": 1},
        ),
        send(client, "POST", f"{url}submit/"),
        client.get(url),
        client.get(API),
        client.get("/api/v1/grades/"),
        client.get(f"{url}review/"),
        client.get(f"/api/v1/quizzes/{quiz.public_id}/items/"),
        client.get(f"{url}steps/"),
    ]
    assert [a.status_code for a in answers] == [200] * 8 + [403] * 3
    for answer in answers:
        assert not [word for word in SECRETS if tells(answer.content.decode(), word)]
    assert client.get(url).json()["score"] is None
    assert client.get(API).json()["results"][0]["score"] is None
    assert client.get("/api/v1/grades/").json()["count"] == 0
    assert answers[8].json()["code"] == "not_released"


def test_lower_numbers_and_late_answers_are_conflicts(school: School) -> None:
    client = client_of(school, "learner")
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE, time_limit_seconds=60)
    with travel(NOON):
        attempt = start_attempt(actor=school.actor("learner"), quiz=quiz)
        url = f"{API}{attempt.public_id}/"
        answer = f"{url}answers/{attempt.questions.get().public_id}/"
        assert send(client, "PUT", answer, {"answer": True, "seq": 5}).status_code == 200
        stale = send(client, "PUT", answer, {"answer": False, "seq": 4})
        assert (stale.status_code, stale.json()["code"]) == (409, "stale_seq")
        assert stale.headers["Content-Type"] == "application/problem+json"
    with travel(NOON + timedelta(seconds=61)):
        for method, address, body in (
            ("PUT", answer, {"answer": False, "seq": 6}),
            ("PUT", answer.replace("answers", "flags"), {"flagged": True}),
            ("POST", f"{url}submit/", None),
        ):
            late = send(client, method, address, body)
            assert (late.status_code, late.json()["code"]) == (409, "deadline_passed")
        assert client.get(url).json()["score"] == "1.0000"


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"answer": True},
        {"seq": 1},
        {"answer": True, "seq": 0},
        {"answer": True, "seq": 2_000_000_001},
        {"answer": True, "seq": "x"},
        {"answer": "true", "seq": 1},
        {"answer": {"a": [1]}, "seq": 1},
    ],
)
def test_bad_answers_are_refused_with_their_field(school: School, body: object) -> None:  # P6
    client = client_of(school, "learner")
    attempt = start_attempt(
        actor=school.actor("learner"), quiz=make_quiz(school, QuestionKind.TRUE_FALSE)
    )
    url = f"{API}{attempt.public_id}/answers/{attempt.questions.get().public_id}/"
    refused = send(client, "PUT", url, body)
    assert refused.status_code == 400
    assert refused.json()["code"] in {"invalid", "bad_json"}
    assert AttemptStep.objects.filter(kind="answer_saved").count() == 0


def test_missing_and_foreign_are_alike_before_validation(school: School) -> None:  # Z2
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE)
    mine = start_attempt(actor=school.actor("learner"), quiz=quiz)
    other = start_attempt(actor=school.actor("classmate"), quiz=quiz)
    client = client_of(school, "learner")
    missing = "1" * 22
    for attempt, question in (
        (missing, missing),
        (other.public_id, other.questions.get().public_id),
        (mine.public_id, missing),
        (mine.public_id, other.questions.get().public_id),
    ):
        answer = send(client, "PUT", f"{API}{attempt}/answers/{question}/", {"nonsense": 1})
        assert answer.status_code == 404
    for url in (f"{API}{missing}/", f"{API}{other.public_id}/"):
        assert client.get(url).status_code == 404
        assert send(client, "POST", f"{url}submit/").status_code == 404
        assert send(client, "POST", f"{url}override/", {}).status_code == 404


def test_who_may_do_what_with_an_attempt(school: School) -> None:  # Z6
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE, attempts_allowed=None)
    attempt = make_attempt(school, quiz)
    url = f"{API}{attempt.public_id}/"
    part = attempt.questions.get().public_id
    change = {"score": "0", "reason": "Test."}
    doors = [
        ("GET", url, None),
        ("PUT", f"{url}answers/{part}/", {"answer": True, "seq": 9}),
        ("POST", f"{url}submit/", None),
        ("POST", f"{url}override/", change),
        ("POST", f"{url}extend/", {"minutes": 1, "reason": "x"}),
        ("GET", f"{url}steps/", None),
        ("GET", f"{url}review/", None),
        ("GET", f"/api/v1/quizzes/{quiz.public_id}/results/", None),
        ("POST", API, {"quiz": quiz.public_id}),
    ]
    expected = {
        "anonymous": [401] * 9,
        "outsider": [404] * 9,
        "other_instructor": [404] * 9,
        "classmate": [404] * 7 + [403, 201],
        "observer": [404] * 7 + [403, 403],
        "learner": [200, 409, 200, 403, 403, 403, 200, 403, 201],
        "assistant": [200, 403, 403, 200, 409, 200, 200, 200, 403],
        "instructor": [200, 403, 403, 200, 409, 200, 200, 200, 403],
        "admin": [200, 403, 403, 200, 409, 200, 200, 200, 403],
    }
    for who, statuses in expected.items():
        client = client_of(school, who)
        assert [send(client, *door).status_code for door in doors] == statuses, who


def test_staff_see_scores_before_release_and_override_them(school: School) -> None:
    quiz = make_quiz(school, show_review=False)
    attempt = make_attempt(school, quiz, wrong=1)
    client = client_of(school, "assistant")
    url = f"{API}{attempt.public_id}/"
    assert client.get(url).json()["score"] == "5.0000"
    part = attempt.questions.get(ordinal=5).public_id
    body = {"score": "0.25", "reason": "Half of half.", "question": part}
    assert send(client, "POST", f"{url}override/", body).json()["score"] == "5.2500"
    for bad in ({**body, "score": "2"}, {**body, "reason": ""}, {**body, "score": "x"}, {}):
        assert send(client, "POST", f"{url}override/", bad).status_code == 400
    assert send(client, "POST", f"{url}override/", {**body, "question": "1"}).status_code == 404
    steps = client.get(f"{url}steps/?page_size=200").json()["results"]
    assert steps[-1]["kind"] == "overridden"
    assert steps[-1]["actor"] == school.assistant.public_id
    grade = client.get("/api/v1/grades/").json()["results"][0]
    assert (grade["score"], grade["released"]) == ("5.2500", False)
    changes = client.get(f"/api/v1/grades/{grade['id']}/changes/").json()["results"]
    assert [(c["before"], c["after"], c["reason"]) for c in changes] == [
        (None, "5.0000", ""),
        ("5.0000", "5.2500", "Half of half."),
    ]
    lines = client.get(f"/api/v1/quizzes/{quiz.public_id}/results/?state=scored").json()
    assert lines["results"][0]["learner"] == school.learner.display_name


def test_more_time_reaches_the_learner(school: School) -> None:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE, time_limit_seconds=60)
    attempt = start_attempt(actor=school.actor("learner"), quiz=quiz)
    url = f"{API}{attempt.public_id}/"
    body = {"minutes": 10, "reason": "Alarm."}
    later = send(client_of(school, "assistant"), "POST", f"{url}extend/", body).json()["deadline"]
    learner = client_of(school, "learner")
    part = attempt.questions.get().public_id
    saved = send(learner, "PUT", f"{url}answers/{part}/", {"answer": True, "seq": 1})
    assert saved.json()["deadline"] == later


def test_a_repeated_start_with_a_key_is_answered_the_same(school: School) -> None:  # P3
    client, quiz = client_of(school, "learner"), make_quiz(school, QuestionKind.TRUE_FALSE)
    body, key = {"quiz": quiz.public_id}, {"Idempotency-Key": "k1"}
    first = send(client, "POST", API, body, **key)
    again = send(client, "POST", API, body, **key)
    assert first.json() == again.json()
    assert Attempt.objects.count() == 1


def test_lists_have_filters_from_an_allow_list(school: School) -> None:  # P2
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE, attempts_allowed=None)
    make_attempt(school, quiz)
    start_attempt(actor=school.actor("learner"), quiz=quiz)
    client = client_of(school, "learner")
    course = school.course.public_id
    for query, count in (
        ("", 2),
        ("?state=open", 1),
        (f"?quiz={quiz.public_id}&course={course}", 2),
    ):
        assert client.get(f"{API}{query}").json()["count"] == count
    assert client.get(f"{API}?state=lost").status_code == 400
    assert client.get(f"{API}?quiz=unknown").status_code == 404
    assert client.get(f"{API}?page_size=201").status_code == 400


def test_lists_read_a_constant_number_of_rows(school: School) -> None:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE, attempts_allowed=None, show_review=False)
    make_attempt(school, quiz)
    learner, staff = client_of(school, "learner"), client_of(school, "assistant")

    def grow() -> None:
        make_attempt(school, quiz)
        make_attempt(school, make_quiz(school, QuestionKind.TRUE_FALSE), "classmate")

    for client, url in (
        (learner, API),
        (staff, API),
        (staff, f"/api/v1/quizzes/{quiz.public_id}/results/"),
        (staff, "/api/v1/grades/"),
        (learner, "/api/v1/grades/?mine=true"),
        (staff, "/api/v1/quizzes/"),
        (learner, "/api/v1/quizzes/"),
        (staff, "/api/v1/questions/"),
        (staff, f"/api/v1/quizzes/{quiz.public_id}/items/"),
        (staff, "/api/v1/question-banks/"),
    ):
        act = lambda c=client, u=url: c.get(u).json()  # noqa: E731
        assert_constant_queries(act, grow)


def test_a_learner_of_a_left_course_reads_but_does_not_write(school: School) -> None:
    from courses.models import Enrolment

    quiz = make_quiz(school, QuestionKind.TRUE_FALSE, attempts_allowed=None)
    attempt = start_attempt(actor=school.actor("learner"), quiz=quiz)
    Enrolment.objects.filter(user=school.learner).update(state="left")
    client = client_of(school, "learner")
    assert client.get(f"{API}{attempt.public_id}/").status_code == 200
    assert send(client, "POST", f"{API}{attempt.public_id}/submit/").status_code == 403


def test_answers_stay_after_the_attempt_is_submitted(school: School) -> None:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE)
    actor = school.actor("learner")
    attempt = start_attempt(actor=actor, quiz=quiz)
    answer_all(attempt, actor)
    submit_attempt(actor=actor, attempt=attempt)
    shown = client_of(school, "learner").get(f"{API}{attempt.public_id}/").json()["questions"][0]
    assert (shown["answer"], shown["score"], shown["verdict"]) == (True, "1.0000", "correct")
