"""Analytics over HTTP: shapes, refusals by field, and who gets what."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from analytics.models import HelpContact
from analytics.services.patterns import start_for_course
from analytics.tests.factories import make_learner
from assessments.tests.factories import School, make_course, make_lesson, make_school
from courses.models import Enrolment
from lms.kernel import clock
from lms.kernel.models import Job
from lms.kernel.testing import assert_constant_queries, run_jobs

pytestmark = pytest.mark.django_db

BASE = "/api/v1/analytics"
ROWS = [
    {"student": str(i), "time_spent": i, "completion_rate": i / 10, "performance": i * 3 % 7}
    for i in range(9)
]


@pytest.fixture
def school() -> School:
    return make_school()


def client_of(person: User | None) -> Client:
    client = Client()
    if person is not None:
        client.force_login(person)
    return client


def post(person: User | None, path: str, body: Any, **headers: str) -> Any:
    return client_of(person).post(
        f"{BASE}/{path}/", body, content_type="application/json", headers=headers
    )


def get(person: User | None, path: str, **query: Any) -> Any:
    return client_of(person).get(f"{BASE}/{path}/", query)


def test_learning_patterns_answer_202_with_the_job(school: School) -> None:
    answer = post(school.instructor, "learning-patterns", {"rows": ROWS})
    assert answer.status_code == 202
    job = answer.json()["job"]
    assert (job["kind"], job["state"], job["result"]) == (
        "analytics.learning_patterns",
        "queued",
        None,
    )
    run_jobs()
    done = client_of(school.instructor).get(f"/api/v1/jobs/{job['id']}/").json()
    assert done["state"] == "succeeded"
    assert set(done["result"]) == {
        "clusters",
        "labels",
        "correlation",
        "p_value",
        "n",
        "reason",
    }
    assert len(done["result"]["labels"]) == 9


def test_learning_patterns_are_idempotent_by_key(school: School) -> None:  # P3
    body = {"rows": ROWS, "k": 2}
    first = post(school.instructor, "learning-patterns", body, Idempotency_Key="once")
    again = post(school.instructor, "learning-patterns", body, Idempotency_Key="once")
    assert again.json()["job"]["id"] == first.json()["job"]["id"]
    other = post(school.instructor, "learning-patterns", {"rows": []}, Idempotency_Key="once")
    assert other.status_code == 422


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"rows": [*ROWS, {**ROWS[0], "completion_rate": 85}]}, "rows[9].completion_rate"),
        ({"rows": [{**ROWS[0], "time_spent": -1}]}, "rows[0].time_spent"),
        ({"rows": [{**ROWS[0], "performance": "A"}]}, "rows[0].performance"),
        ({"rows": "all"}, "rows"),
        ({"rows": [ROWS[0]] * 5001}, "rows"),
        ({"rows": ROWS, "k": 1}, "k"),
        ({"rows": ROWS, "k": 9}, "k"),
        ({"rows": ROWS, "groups": 3}, "groups"),
        ({}, "rows"),
        ({"rows": ROWS, "course": "x"}, "rows"),
        ({"course": 5}, "course"),
        ({"course": ""}, "course"),
    ],
)
def test_learning_patterns_refuse_by_field(school: School, body: Any, field: str) -> None:
    answer = post(school.instructor, "learning-patterns", body)
    assert answer.status_code == 400
    assert answer["Content-Type"].startswith("application/problem+json")
    assert list(answer.json()["errors"]) == [field]
    assert not Job.objects.exists()


def test_learning_patterns_refuse_a_body_that_is_no_object(school: School) -> None:
    assert post(school.instructor, "learning-patterns", [1]).status_code == 400


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "1e400"])
def test_learning_patterns_refuse_numbers_that_are_none(school: School, literal: str) -> None:
    row = f'"student": "a", "time_spent": {literal}, "completion_rate": 0.5'
    text = '{"rows": [{' + row + "}]}"
    answer = post(school.instructor, "learning-patterns", text)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("name", "status"),
    [
        (None, 401),
        ("outsider", 403),
        ("learner", 403),
        ("observer", 403),
        ("assistant", 202),
        ("instructor", 202),
        ("other_instructor", 202),
        ("admin", 202),
    ],
)
def test_learning_patterns_of_rows_are_for_who_teaches(
    school: School, name: str | None, status: int
) -> None:
    person = getattr(school, name) if name else None
    assert post(person, "learning-patterns", {"rows": ROWS}).status_code == status


MATRIX = [
    (None, 401),
    ("outsider", 403),
    ("learner", 403),
    ("observer", 403),
    ("assistant", 200),
    ("instructor", 200),
    ("other_instructor", 403),
    ("admin", 200),
]


@pytest.mark.parametrize(("name", "status"), MATRIX)
def test_course_doors_are_for_its_staff(school: School, name: str | None, status: int) -> None:
    person = getattr(school, name) if name else None
    course = school.course.public_id
    assert get(person, "risk", course=course).status_code == status
    started = post(person, "learning-patterns", {"course": course}).status_code
    assert started == (202 if status == 200 else status)
    noted = post(
        person, "risk/contacts", {"course": course, "student": school.learner.public_id}
    ).status_code
    assert noted == (201 if status == 200 else status)
    assert HelpContact.objects.count() == (status == 200)
    totals = get(person, "overview", course=course).status_code
    assert totals == (200 if name == "observer" else status)


def test_hidden_and_missing_courses_look_the_same(school: School) -> None:  # Z2
    draft = make_course(school.other_instructor, state="draft")
    for course in (draft.public_id, "nothing"):
        for path in ("risk", "overview", "learning-patterns"):
            assert get(school.instructor, path, course=course).status_code == 404
        body = {"course": course, "k": 99}
        assert post(school.instructor, "learning-patterns", body).status_code == 404


def test_a_course_must_be_named(school: School) -> None:
    for path in ("risk", "overview", "learning-patterns"):
        answer = get(school.instructor, path)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["course"])


def test_patterns_of_a_course_come_with_its_learners(school: School) -> None:
    course = school.course
    none = get(school.instructor, "learning-patterns", course=course.public_id).json()
    assert (none["id"], none["points"]) == (None, [])
    assert none["reason"] == "Nobody has looked for patterns yet."
    start_for_course(actor=school.actor("instructor"), course=course, k=2)
    run_jobs()
    found = get(school.instructor, "learning-patterns", course=course.public_id).json()
    assert set(found) == set(none)
    assert found["points"][0] == {
        "id": school.learner.public_id,
        "name": school.learner.name,
        "label": None,
        "time_spent": 0.0,
        "completion_rate": 0.0,
        "performance": None,
        "regularity": 0.0,
        "recency": 0.0,
        "messages": 0.0,
    }


def test_risk_pages_and_filters(school: School) -> None:
    course = school.course.public_id
    old = clock.now() - timedelta(days=30)
    Enrolment.objects.filter(course=school.course).update(created_at=old)
    for _ in range(3):
        make_learner(school.course, created_at=old, completion=0.8, last_active_at=clock.now())
    found = get(school.instructor, "risk", course=course, page_size=2).json()
    assert found["count"] == 5
    assert len(found["results"]) == 2
    assert found["next"]
    row = found["results"][0]
    assert row["state"] == "needs_help"
    assert row["points"] == 5
    assert row["reasons"][0] == {
        "factor": "inactive",
        "points": 3,
        "text": "No activity for 30 days.",
    }
    assert set(row["student"]) == {"id", "name"}
    fine = get(school.instructor, "risk", course=course, state="fine").json()
    assert fine["count"] == 3
    bad = get(school.instructor, "risk", course=course, state="lost")
    assert (bad.status_code, list(bad.json()["errors"])) == (400, ["state"])
    assert get(school.instructor, "risk", course=course, page="x").status_code == 400


def test_risk_contact_is_noted_and_shown(school: School) -> None:
    course = school.course.public_id
    body = {"course": course, "student": school.learner.public_id}
    answer = post(school.assistant, "risk/contacts", body)
    assert answer.status_code == 201
    rows = get(school.instructor, "risk", course=course).json()["results"]
    noted = {row["student"]["id"]: row["contacted_by"] for row in rows}
    assert noted == {
        school.learner.public_id: school.assistant.name,
        school.classmate.public_id: "",
    }
    for student in ("nobody", school.outsider.public_id):
        missing = post(school.assistant, "risk/contacts", {"course": course, "student": student})
        assert missing.status_code == 404
    unnamed = post(school.assistant, "risk/contacts", {"course": course})
    assert (unnamed.status_code, list(unnamed.json()["errors"])) == (400, ["student"])


def test_recommendations_are_own_and_reasoned(school: School) -> None:
    make_course(school.other_instructor, title="Lichens", learner_count=30)
    assert get(None, "recommendations").status_code == 401
    found = get(school.learner, "recommendations", page="x").json()
    assert set(found) == {"count", "next", "previous", "results"}
    first = found["results"][0]
    assert set(first["course"]) == {"id", "slug", "title", "summary"}
    assert (first["course"]["title"], first["basis"], first["reason"]) == (
        "Lichens",
        "popular",
        "Popular here: 30 people are enrolled.",
    )


def test_personal_answers_are_never_stored(school: School) -> None:  # P8
    answer = get(school.instructor, "risk", course=school.course.public_id)
    assert answer["Cache-Control"] == "no-store"


def test_lists_ask_the_same_however_long(school: School) -> None:
    client = client_of(school.instructor)
    course = school.course.public_id
    assert_constant_queries(
        lambda: client.get(f"{BASE}/risk/", {"course": course}),
        lambda: make_learner(school.course),
        most=12,
    )
    assert_constant_queries(
        lambda: client.get(f"{BASE}/overview/", {"course": course}),
        lambda: make_lesson(school),
        most=12,
    )
    assert_constant_queries(
        lambda: client.get(f"{BASE}/recommendations/"),
        lambda: make_course(school.other_instructor),
        most=12,
    )
