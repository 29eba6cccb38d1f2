"""The early warning through the API, as its schema says."""

import json

import pytest
from django.test import Client

from analytics.models import RiskObjection
from analytics.scoring.risk.default import shipped_model
from analytics.services.risk import object_to_warning, switch_warning, tell_risks
from analytics.tests.early import NOW, make_course_under_way
from assessments.tests.factories import School
from lms.kernel import clock

pytestmark = pytest.mark.django_db
HERE = "/api/v1/analytics/early-warning"


def client_of(school: School, name: str) -> Client:
    client = Client()
    client.force_login(getattr(school, name))
    return client


@pytest.fixture
def school() -> School:
    made, _quizzes = make_course_under_way()
    with clock.travel(NOW):
        tell_risks(made.course)
    return made


def test_staff_read_chances_with_reasons_and_the_card(school: School) -> None:
    client, course = client_of(school, "assistant"), school.course.public_id
    with clock.travel(NOW):
        rows = client.get(f"/api/v1/analytics/risk/?course={course}").json()["results"]
        whole = client.get(f"{HERE}/?course={course}").json()
    warned = {row["student"]["id"]: row["early_warning"] for row in rows}
    poor = warned[school.classmate.public_id]
    assert poor["level"] == "high"
    assert len(poor["reasons"]) == 3
    assert set(poor["reasons"][0]) == {"theme", "log_odds", "text"}
    assert whole["on"] is True
    assert whole["drift"] is None
    assert whole["objections"] == []
    assert whole["model"]["own"] is False
    assert whole["model"]["learners"] == 18_752
    assert 0.8 < whole["model"]["measures"]["auc"] < 1
    # All that the model sees, the places in the class too.
    assert whole["model"]["figures"] == json.loads(shipped_model().as_json())["figures"]


def test_a_learner_reads_their_own_and_contests_it(school: School) -> None:
    client, course = client_of(school, "classmate"), school.course.public_id
    with clock.travel(NOW):
        mine = client.get(f"{HERE}/mine/?course={course}").json()
        assert mine["early_warning"]["level"] == "high"
        sent = client.post(
            f"{HERE}/objections/",
            {"course": course, "text": "I was ill."},
            content_type="application/json",
        )
        assert sent.status_code == 201
        again = client.post(
            f"{HERE}/objections/",
            {"course": course, "text": "Still."},
            content_type="application/json",
        )
        assert again.status_code == 409
        assert again.json()["code"] == "objection_open"
        staff = client_of(school, "instructor")
        waiting = staff.get(f"{HERE}/?course={course}").json()["objections"]
        assert [one["text"] for one in waiting] == ["I was ill."]
        answered = staff.post(
            f"{HERE}/objections/{waiting[0]['id']}/answer/",
            {"course": course, "answer": "We moved your dates."},
            content_type="application/json",
        )
        assert answered.status_code == 200
        mine = client.get(f"{HERE}/mine/?course={course}").json()
    assert mine["objections"][0]["answer"] == "We moved your dates."


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("objections/", {"text": 3}, "text"),
        ("objections/", {"text": " "}, "text"),
        ("objections/", {"text": "x" * 1001}, "text"),
        ("switch/", {"on": "yes"}, "on"),
        ("switch/", {"on": True, "more": 1}, "more"),
    ],
)
def test_a_wrong_body_names_its_field(
    school: School, path: str, body: dict[str, object], field: str
) -> None:
    who = "instructor" if path == "switch/" else "learner"
    body = {"course": school.course.public_id, **body}
    answer = client_of(school, who).post(f"{HERE}/{path}", body, content_type="application/json")
    assert answer.status_code == 400
    assert field in answer.content.decode()
    assert not RiskObjection.objects.exists()


def test_switched_off_it_says_so_and_nothing_more(school: School) -> None:
    course = school.course
    switch_warning(actor=school.actor("instructor"), course=course, on=False)
    mine = client_of(school, "classmate").get(f"{HERE}/mine/?course={course.public_id}").json()
    assert mine == {"on": False, "early_warning": None, "objections": []}


def test_pages_say_the_same(school: School) -> None:
    course = school.course
    object_to_warning(actor=school.actor("classmate"), course=course, text="I was <ill>.")
    with clock.travel(NOW):
        staff = client_of(school, "instructor")
        index = staff.get(f"/teach/{course.slug}/analytics/").content.decode()
        assert "1 objection waits" in index
        assert "Handed in 0 of 4 tasks that were due." in index
        page = staff.get(f"/teach/{course.slug}/analytics/early-warning/").content.decode()
        assert "I was &lt;ill&gt;." in page
        assert "Switch off" in page
        who = school.classmate.public_id
        one = staff.get(f"/teach/{course.slug}/analytics/learners/{who}/").content.decode()
        assert "chance of failing or leaving" in one
        noted = staff.post(
            f"/teach/{course.slug}/analytics/contacts/",
            {"student": who, "kind": "meeting", "note": "Met on Monday."},
            follow=True,
        ).content.decode()
        assert "Met on Monday." in noted
        assert "Met or called" in noted
        learner = client_of(school, "classmate")
        mine = learner.get(f"/c/{course.slug}/early-warning/").content.decode()
        assert "raises the risk" in mine
        assert "Waits for an answer." in mine
        assert "See what it says of you" in learner.get(f"/c/{course.slug}/").content.decode()
        assert "See what it says of you" not in staff.get(f"/c/{course.slug}/").content.decode()


def test_staff_read_one_learner_and_what_was_done_about_them(school: School) -> None:
    course, poor = school.course.public_id, school.classmate.public_id
    client, risk = client_of(school, "assistant"), "/api/v1/analytics/risk"
    with clock.travel(NOW):
        noted = client.post(
            f"{risk}/contacts/",
            {"course": course, "student": poor, "kind": "meeting", "note": "Talked."},
            content_type="application/json",
        )
        one = client.get(f"{risk}/{poor}/?course={course}").json()
        (done,) = client.get(f"{risk}/contacts/?course={course}&student={poor}").json()["results"]
        nobody = client.get(f"{risk}/contacts/?course={course}&student={school.learner.public_id}")
        stranger = client.get(f"{risk}/{school.outsider.public_id}/?course={course}")
    assert noted.status_code == 201
    assert (one["student"]["id"], len(one["weeks"])) == (poor, 12)
    assert one["history"][-1] == one["early_warning"]
    assert (done["kind"], done["note"], done["by"]) == (
        "meeting",
        "Talked.",
        school.assistant.display_name,
    )
    assert done["before"] == one["early_warning"]["chance"]
    assert (done["after"], done["settled"]) == (None, False)
    assert nobody.json()["count"] == 0
    assert stranger.status_code == 404
