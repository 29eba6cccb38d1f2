"""Short answers with shares and numbers with units through the API."""

from typing import Any

import pytest
from django.test import Client

from assessments.tests.factories import School, make_school

pytestmark = pytest.mark.django_db
QUESTIONS = "/api/v1/questions/"
BODIES: dict[str, dict[str, Any]] = {
    "short_answer": {
        "accepted": ["photosynthesis"],
        "answers": [
            {"text": "photo*", "share": "33.33333", "feedback": "Say it whole."},
            {"text": "sugar", "share": "0", "feedback": ""},
        ],
        "wildcards": True,
        "spelling": True,
    },
    "numeric": {
        "value": "9.80665",
        "tolerance": "0",
        "unit": "m/s^2",
        "units": [{"name": "km/s^2", "factor": "1000"}],
        "unit_rule": "optional",
        "unit_cost": "25",
        "digits_rule": "decimals",
        "digits": 2,
        "digits_cost": "50",
    },
}
TRIES = {"short_answer": ("Photograph", "0.3333"), "numeric": ("9.81", "1.0000")}


@pytest.fixture
def school() -> School:
    return make_school()


@pytest.fixture
def client(school: School) -> Client:
    client = Client()
    client.force_login(school.instructor)
    return client


def made(school: School, client: Client, kind: str, **changes: Any) -> Any:
    body = {"course": school.course.public_id, "kind": kind, "stem": "?", **BODIES[kind], **changes}
    return client.post(QUESTIONS, body, content_type="application/json")


@pytest.mark.parametrize("kind", BODIES)
def test_everything_written_is_read_again_and_kept_by_a_change(
    school: School, client: Client, kind: str
) -> None:
    answer = made(school, client, kind)
    assert answer.status_code == 201, answer.content
    data = answer.json()
    assert {name: data[name] for name in BODIES[kind]} == BODIES[kind]
    url = f"{QUESTIONS}{data['id']}/"
    changed = client.patch(url, {"stem": "Else?"}, content_type="application/json").json()
    assert {name: changed[name] for name in BODIES[kind]} == BODIES[kind]
    typed, score = TRIES[kind]
    tried = client.post(f"{url}try/", {"answer": typed}, content_type="application/json")
    assert tried.json()["score"] == score


@pytest.mark.parametrize(
    ("kind", "changes", "field"),
    [
        ("short_answer", {"answers": [{"text": "x", "share": "101"}]}, "answers.0.share"),
        ("short_answer", {"accepted": [], "answers": [{"text": "x", "share": "5"}]}, "accepted"),
        ("numeric", {"units": [{"name": "km/s^2", "factor": "x"}]}, "units"),
        ("numeric", {"unit": ""}, "unit"),
        ("numeric", {"digits": 99}, "digits"),
    ],
)
def test_what_cannot_be_scored_names_its_field(  # P6
    school: School, client: Client, kind: str, changes: dict[str, Any], field: str
) -> None:
    refused = made(school, client, kind, **changes)
    assert refused.status_code == 400
    assert field in refused.json()["errors"]
