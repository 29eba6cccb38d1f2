"""Peer review and similar works through the API: the whole way, and nobody's name on it (Z7)."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from accounts.tests.factories import UserFactory
from assessments.models import Assignment, Outcome, PeerTask
from assessments.services.submission import submit
from assessments.tests.factories import School, make_school
from assessments.tests.handed_in import begin, hand_in, make_assignment, put_file
from courses.models import Enrolment
from lms.kernel.testing import assert_constant_queries

pytestmark = pytest.mark.django_db
WORDS = (
    "A cairn is a pile of stones that somebody set up beside a path to show the way to those who "
    "come after them in fog."
)


@pytest.fixture
def school(settings: Settings, tmp_path: Path) -> School:
    settings.MEDIA_ROOT = tmp_path
    return make_school()


@pytest.fixture
def asked(school: School) -> Assignment:
    return make_assignment(school)


class Door:
    """The API as one person sees it."""

    def __init__(self, person: User, asked: Assignment) -> None:
        self.client = Client()
        self.client.force_login(person)
        self.at = f"/api/v1/assignments/{asked.public_id}/peer/"

    def get(self, path: str = "") -> Any:
        return self.client.get(f"{self.at}{path}")

    def post(self, path: str, **body: Any) -> Any:
        return self.client.post(f"{self.at}{path}", body, content_type="application/json")

    def put(self, path: str = "", **body: Any) -> Any:
        return self.client.put(f"{self.at}{path}", body, content_type="application/json")


def move(teacher: Door, *phases: str) -> None:
    for phase in phases:
        assert teacher.post("phase/", phase=phase).json()["phase"] == phase


def test_the_whole_way_without_a_name(school: School, asked: Assignment) -> None:
    teacher, one, two = (
        Door(person, asked) for person in (school.instructor, school.learner, school.classmate)
    )
    assert teacher.get().status_code == 404
    assert teacher.put(each=1, least=1).json()["phase"] == "setup"
    assert teacher.put(each=1, least=2).status_code == 400
    example = teacher.post("examples/", text="A stone.", score="40").json()["id"]
    assert one.get("mine/").json()["examples"] == []
    mine = begin(school, asked, "classmate", "Their pile.")
    put_file(school, mine, "classmate", "of-classmate.pdf")
    submit(actor=school.actor("classmate"), submission=mine)
    hand_in(school, asked)
    move(teacher, "submission", "allocation", "review")
    own = one.get("mine/").json()
    assert own["examples"] == [{"id": example, "text": "A stone."}]
    task = own["tasks"][0]["id"]
    refused = one.put(f"tasks/{task}/", score="80", feedback="Clear.")
    assert (refused.status_code, refused.json()["code"]) == (409, "examples_first")
    assert one.post(f"examples/{example}/try/", score="50").json() == {"score": "40.0000"}
    two.post(f"examples/{example}/try/", score="40")
    shown = one.put(f"tasks/{task}/", score="80", feedback="Clear.").json()
    assert (shown["text"], shown["score"], shown["feedback"]) == (
        "Their pile.",
        "80.0000",
        "Clear.",
    )
    assert [file["name"] for file in shown["files"]] == ["file-1.pdf"]
    file = one.get(f"tasks/{task}/files/{shown['files'][0]['id']}/")
    assert "of-classmate" not in file.content.decode()
    assert two.get(f"tasks/{task}/").status_code == 404
    assert two.get("mine/").json()["received"] == []
    other = PeerTask.objects.get(reviewer=school.classmate).public_id
    assert two.put(f"tasks/{other}/", score="60", feedback="Short.").status_code == 200
    move(teacher, "closed")
    received = two.get("mine/").json()["received"]
    assert received == [{"score": "80.0000", "feedback": "Clear.", "reviewer": None}]
    marks = Outcome.objects.order_by("score").values_list("score", flat=True)
    assert list(marks) == [Decimal(60), Decimal(80)]
    appeal = two.post("appeal/", reason="Nobody weighed it.")
    assert (appeal.status_code, appeal.json()["state"]) == (201, "open")
    staff = Door(school.assistant, asked)
    decided = staff.post(f"appeals/{appeal.json()['id']}/", upheld=True, answer="Marked anew.")
    assert decided.json()["state"] == "upheld"
    assert two.get("mine/").json()["appeal"]["answer"] == "Marked anew."
    told = "".join(
        answer.content.decode()
        for answer in (one.get(), one.get("mine/"), one.get(f"tasks/{task}/"), two.get("mine/"))
    )
    for person in (school.learner, school.classmate):
        assert person.display_name not in told
        assert person.public_id not in told
        assert person.email not in told


def test_names_of_reviewers_are_shown_where_that_was_chosen(
    school: School, asked: Assignment
) -> None:
    teacher, one, two = (
        Door(person, asked) for person in (school.instructor, school.learner, school.classmate)
    )
    teacher.put(each=1, least=1, show_reviewers=True)
    hand_in(school, asked)
    hand_in(school, asked, "classmate", "Their pile.")
    move(teacher, "submission", "allocation", "review")
    task = one.get("mine/").json()["tasks"][0]["id"]
    assert one.put(f"tasks/{task}/", score="80", feedback="Clear.").status_code == 200
    assert two.get("mine/").json()["received"] == []
    move(teacher, "closed")
    received = two.get("mine/").json()["received"]
    assert [line["reviewer"] for line in received] == [school.learner.display_name]


def test_staff_see_how_far_it_is_at_the_same_cost(school: School) -> None:
    asked = make_assignment(school, anonymous=True)
    teacher = Door(school.instructor, asked)
    teacher.put(each=1, least=1)
    hand_in(school, asked)
    hand_in(school, asked, "classmate", "Their pile.")
    lines = teacher.get("works/").json()
    assert (lines["count"], {line["done"] for line in lines["results"]}) == (2, {0})
    assert school.learner.display_name not in str(lines)

    def one_more() -> None:
        school.outsider = UserFactory()
        Enrolment.objects.create(course=school.course, user=school.outsider)
        hand_in(school, asked, "outsider", "Another pile.")

    assert_constant_queries(lambda: teacher.get("works/"), one_more)


def test_similar_works_are_for_staff_and_bear_codes_while_names_are_hidden(
    school: School,
) -> None:
    asked = make_assignment(school, anonymous=True)
    row = hand_in(school, asked, "learner", WORDS)
    other = hand_in(school, asked, "classmate", f"I say: {WORDS}")
    at = f"/api/v1/submissions/{row.public_id}/similar/"
    staff = Door(school.assistant, asked).client
    found = staff.get(at).json()
    assert [(one["submission"], one["who"]) for one in found] == [(other.public_id, other.code)]
    assert found[0]["shared"] == 1.0
    assert found[0]["passages"][0]["here"] == WORDS.rstrip(".")
    assert school.classmate.display_name not in str(found)
    assert Door(school.learner, asked).client.get(at).status_code == 403
    assert Door(school.classmate, asked).client.get(at).status_code == 404
