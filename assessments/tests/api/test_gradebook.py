from typing import Any

import pytest
from django.test import Client

from assessments.models import Grade
from assessments.scoring.gradebook_trace import evaluate
from assessments.tests.factories import School, make_quiz, make_school
from assessments.tests.handed_in import make_assignment
from lms.kernel.testing import run_jobs

pytestmark = pytest.mark.django_db
JSON = "application/json"


@pytest.fixture
def school() -> School:
    return make_school()


def client_of(school: School, who: str) -> Client:
    client = Client()
    client.force_login(getattr(school, who))
    return client


def base(school: School) -> str:
    return f"/api/v1/gradebook/{school.course.public_id}"


def column(school: School, title: str = "Talk", **fields: Any) -> str:
    body = {"title": title, "max_score": "10", **fields}
    answer = client_of(school, "instructor").post(f"{base(school)}/items/", body, JSON)
    assert answer.status_code == 201, answer.content
    return str(answer.json()["id"])


def cell(school: School, item: str, who: str = "learner") -> str:
    return f"{base(school)}/cells/{item}/{getattr(school, who).public_id}/"


def test_a_cell_is_written_against_the_version_that_was_read(school: School) -> None:  # P4
    client, url = client_of(school, "assistant"), cell(school, column(school))
    empty = client.get(url)
    assert (empty["ETag"], empty.json()["status"], empty.json()["score"]) == ('"0"', "", None)
    first = client.put(url, {"score": "7.5", "reason": "Clear."}, JSON, headers={"If-Match": '"0"'})
    assert (first.status_code, first["ETag"]) == (200, '"1"')
    assert (first.json()["score"], first.json()["total"]) == ("7.5000", "75.0000")
    stale = client.put(url, {"score": "8"}, JSON, headers={"If-Match": '"0"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    excused = client.put(
        url, {"score": None, "status": "excused"}, JSON, headers={"If-Match": '"1"'}
    )
    assert (excused["ETag"], excused.json()["total"]) == ('"2"', None)
    bad = client.put(url, {"score": "11"}, JSON)
    assert (bad.status_code, list(bad.json()["errors"])) == (400, ["score"])
    changes = client.get(f"{url}changes/").json()["results"]
    assert [
        (row["before"], row["after"], row["status_after"], row["reason"]) for row in changes
    ] == [
        ("7.5000", None, "excused", ""),
        (None, "7.5000", "graded", "Clear."),
    ]
    assert {row["actor"] for row in changes} == {school.assistant.public_id}


def test_the_grid_has_everything_in_one_answer(school: School) -> None:
    teacher = client_of(school, "instructor")
    made = teacher.post(f"{base(school)}/categories/", {"name": "Talks", "weight": "2"}, JSON)
    item = column(school, category=made.json()["id"])
    make_quiz(school)
    teacher.put(cell(school, item), {"score": "5"}, JSON)
    grid = teacher.get(f"{base(school)}/").json()
    assert {row["title"]: row["kind"] for row in grid["columns"]}["Talk"] == "manual"
    assert len(grid["columns"]) == 2
    names = {row["id"]: row for row in grid["learners"]}
    mine = names[school.learner.public_id]
    place = [row["id"] for row in grid["columns"]].index(item)
    assert mine["cells"] == [[place, 5, grid["statuses"].index("graded"), 0, 1, 0]]
    assert (mine["total"], mine["posted"]) == ("50.0000", None)
    assert grid["categories"][0]["weight"] == "2.00"


def test_a_column_names_its_lesson_whatever_its_work_is(school: School) -> None:
    quiz, work = make_quiz(school), make_assignment(school)
    column(school)
    shown = client_of(school, "instructor").get(f"{base(school)}/").json()["columns"]
    lessons = {one["kind"]: one["lesson"] for one in shown}
    assert lessons == {
        "quiz": quiz.lesson.public_id,
        "assignment": work.lesson.public_id,
        "manual": None,
    }


def test_an_unposted_grade_shows_through_no_door(school: School) -> None:  # Z7
    teacher, learner = client_of(school, "instructor"), client_of(school, "learner")
    item = column(school)
    teacher.put(cell(school, item), {"score": "5"}, JSON)
    grade = Grade.objects.get()

    def doors() -> list[Any]:
        trace = learner.get(f"{base(school)}/mine/").json()
        return [
            learner.get(f"/api/v1/grades/{grade.public_id}/").status_code,
            learner.get("/api/v1/grades/").json()["count"],
            trace["total"],
            learner.post(f"{base(school)}/what-if/", {"scores": {}}, JSON).json()["total"],
            "5.0000" in str(trace["trace"]),
        ]

    assert doors() == [404, 0, None, None, False]
    for path in ("", f"cells/{item}/{school.learner.public_id}/"):
        assert learner.get(f"{base(school)}/{path}").status_code == 403
    answer = teacher.post(f"{base(school)}/items/{item}/post/", {"released": True}, JSON)
    assert answer.json() == {"count": 1}
    assert doors() == [200, 1, "50.0000", "50.0000", True]


def test_a_total_explains_itself_and_can_be_set_by_hand(school: School) -> None:
    teacher, item = client_of(school, "instructor"), column(school)
    teacher.put(cell(school, item), {"score": "5"}, JSON)
    url = f"{base(school)}/totals/{school.learner.public_id}/"
    found = teacher.get(url).json()
    assert (found["total"], str(evaluate(found["trace"]))) == ("50.0000", "50.0000")
    assert teacher.put(url, {"total": "60"}, JSON).status_code == 400
    found = teacher.put(url, {"total": "60", "reason": "Agreed."}, JSON).json()
    assert found["total"] == "60.0000"
    assert [(row["before"], row["after"], row["reason"]) for row in found["overrides"]] == [
        (None, "60.0000", "Agreed.")
    ]


def test_structure_through_the_api(school: School) -> None:
    teacher = client_of(school, "instructor")
    book = {
        "rule": "mean",
        "ungraded": "zero",
        "show_totals": True,
        "levels": [{"label": "Fail", "least": "0"}, {"label": "Pass", "least": "50"}],
        "periods": [{"name": "Term", "starts": "2026-09-01", "ends": "2026-12-31"}],
    }
    url = f"{base(school)}/settings/"
    done = teacher.put(url, book, JSON, headers={"If-Match": '"0"'})
    assert (done.status_code, done["ETag"]) == (200, '"1"')
    assert teacher.put(url, book, JSON, headers={"If-Match": '"0"'}).status_code == 412
    key = done.json()["periods"][0]["key"]
    item = column(school, period=key)
    teacher.put(cell(school, item), {"score": "4"}, JSON)
    run_jobs()
    curve = f"{base(school)}/items/{item}/curve/"
    tried = teacher.post(curve, {"kind": "flat", "points": "2", "preview": True}, JSON).json()
    assert [(row["before"], row["after"]) for row in tried["scores"]] == [("4.0000", "6.0000")]
    assert Grade.objects.get().score == 4
    teacher.post(curve, {"kind": "flat", "points": "2"}, JSON)
    assert Grade.objects.get().score == 6
    assert teacher.post(f"{base(school)}/items/{item}/uncurve/").json() == {"count": 1}
    assert teacher.delete(f"{base(school)}/items/{item}/").json()["code"] == "has_grades"
    category = teacher.post(f"{base(school)}/categories/", {"name": "A"}, JSON).json()["id"]
    one = f"{base(school)}/categories/{category}/"
    assert teacher.put(one, {"name": "B", "parent": category}, JSON).status_code == 400
    assert teacher.put(one, {"name": "B"}, JSON, headers={"If-Match": '"1"'}).status_code == 200
    assert teacher.delete(one).status_code == 204
    assert teacher.delete(one).status_code == 404
    other = make_school()
    foreign = column(other)
    assert teacher.get(cell(school, foreign)).status_code == 404  # Z3
    assert teacher.get(cell(school, item, "observer")).status_code == 404


def test_statuses_through_the_api(school: School) -> None:
    teacher, url = client_of(school, "instructor"), f"{base(school)}/statuses/"
    made = teacher.post(url, {"name": "Incomplete", "sign": "inc", "effect": "left_out"}, JSON)
    assert (made.status_code, made["ETag"]) == (201, '"1"')
    one, key = f"{url}{made.json()['key']}/", made.json()["key"]
    item = column(school)
    assistant = client_of(school, "assistant")
    given = assistant.put(cell(school, item), {"score": "5", "status": key}, JSON).json()
    assert (given["status"], given["total"]) == (key, None)
    wrong = assistant.put(cell(school, item), {"score": "5", "status": "own_none"}, JSON)
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["status"])
    grid = assistant.get(f"{base(school)}/").json()
    assert grid["own_statuses"] == [made.json()]
    assert grid["statuses"][-1] == key
    body = {"name": "Incomplete", "sign": "inc", "effect": "percent", "percent": "40"}
    assert teacher.put(one, body, JSON, headers={"If-Match": '"0"'}).status_code == 412
    changed = teacher.put(one, body, JSON, headers={"If-Match": '"1"'})
    assert (changed.json()["percent"], changed["ETag"]) == ("40.00", '"2"')
    run_jobs()
    assert assistant.get(cell(school, item)).json()["total"] == "40.0000"
    bad = teacher.put(one, {**body, "sign": "m"}, JSON)
    assert (bad.status_code, list(bad.json()["errors"])) == (400, ["sign"])
    gone = teacher.delete(one)
    assert (gone.status_code, gone.json()["code"]) == (409, "status_used")
    spare = teacher.post(url, {"name": "Spare", "sign": "sp"}, JSON).json()["key"]
    assert teacher.delete(f"{url}{spare}/").status_code == 204
    assert assistant.get(url).json()["count"] == 1
    assert assistant.post(url, {"name": "Mine", "sign": "mi"}, JSON).status_code == 403
    assert client_of(school, "learner").get(url).status_code == 403


def test_a_learner_tries_scores(school: School) -> None:
    item = column(school)
    learner = client_of(school, "learner")
    url = f"{base(school)}/what-if/"
    assert learner.post(url, {"scores": {item: "8"}}, JSON).json()["total"] == "80.0000"
    assert learner.post(url, {"scores": {item: "80"}}, JSON).status_code == 400
    assert not Grade.objects.exists()
