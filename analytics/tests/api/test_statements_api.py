"""Telling of acts through the API, and reading them back as xAPI statements."""

import uuid
from typing import Any

import pytest
from django.test import Client

from analytics.models import LearningStatement
from assessments.tests.factories import School, make_lesson, make_school
from lms.kernel import clock
from lms.kernel.testing.queries import count_queries

pytestmark = pytest.mark.django_db
HERE = "/api/v1/analytics/events/"


@pytest.fixture
def school() -> School:
    return make_school()


def client_of(school: School, name: str = "learner") -> Client:
    client = Client()
    client.force_login(getattr(school, name))
    return client


def act(**fields: Any) -> dict[str, Any]:
    now = clock.now().isoformat()
    return {"id": str(uuid.uuid4()), "verb": "played", "at": now, **fields}


def send(school: School, *acts: dict[str, Any]) -> Any:
    body = {
        "course": school.course.public_id,
        "sent_at": clock.now().isoformat(),
        "events": list(acts),
    }
    return client_of(school).post(HERE, body, content_type="application/json")


def test_an_act_comes_back_as_a_statement(school: School) -> None:
    lesson = make_lesson(school)
    session = str(uuid.uuid4())
    told = act(
        lesson=lesson.public_id,
        part="intro",
        result={"seconds": 90, "progress": 0.5, "scaled": 0.8, "success": True},
        context={"platform": "Cairn for phones", "session": session},
    )
    assert send(school, told).json() == {"stored": 1, "known": 0, "refused": []}
    assert send(school, told).json() == {"stored": 0, "known": 1, "refused": []}
    course = school.course.public_id
    (row,) = client_of(school).get(f"{HERE}?course={course}").json()["results"]
    assert row["id"] == told["id"]
    assert row["actor"]["account"]["name"] == school.learner.public_id
    assert row["verb"]["id"] == "https://w3id.org/xapi/video/verbs/played"
    assert row["object"]["id"].endswith(f"/api/v1/lessons/{lesson.public_id}/#intro")
    assert row["result"] == {
        "success": True,
        "score": {"scaled": 0.8},
        "duration": "PT90S",
        "extensions": {"https://w3id.org/xapi/video/extensions/progress": 0.5},
    }
    assert row["context"] == {"platform": "Cairn for phones"}
    assert LearningStatement.objects.get().context["session"] == session


def test_nobody_reads_the_acts_of_somebody_else(school: School) -> None:
    send(school, act())
    course = school.course.public_id
    for who in ("classmate", "instructor"):
        assert client_of(school, who).get(f"{HERE}?course={course}").json()["count"] == 0


def test_a_fault_of_shape_is_named_by_its_place_and_nothing_is_kept(school: School) -> None:
    answer = send(school, act(), act(verb="slept"))
    assert answer.status_code == 400
    assert "verb" in answer.content.decode()
    assert not LearningStatement.objects.exists()


def test_a_refused_act_is_told_by_its_id(school: School) -> None:
    lost = act(lesson="nowhere")
    answer = send(school, lost, act()).json()
    assert answer["stored"] == 1
    assert answer["refused"] == [
        {
            "id": lost["id"],
            "field": "lesson",
            "detail": "There is no such lesson in this course.",
        }
    ]


def test_a_page_of_many_costs_as_much_as_a_page_of_one(school: School) -> None:
    lesson, client = make_lesson(school), client_of(school)
    address = f"{HERE}?course={school.course.public_id}"
    send(school, act(lesson=lesson.public_id))
    client.get(address)
    one = count_queries(lambda: client.get(address))
    send(school, *(act(lesson=lesson.public_id) for _ in range(9)))
    assert count_queries(lambda: client.get(address)) == one
