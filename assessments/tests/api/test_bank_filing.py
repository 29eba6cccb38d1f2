from typing import Any

import pytest
from django.test import Client

from assessments.enums import QuestionKind
from assessments.models import Question, QuestionBank
from assessments.services.attempt import start_attempt
from assessments.services.quiz_items import add_item
from assessments.tests.api.test_attempts import client_of, send
from assessments.tests.factories import School, make_question, make_quiz, make_school
from lms.kernel.testing import assert_constant_queries

pytestmark = pytest.mark.django_db
V1 = "/api/v1/"


@pytest.fixture
def school() -> School:
    return make_school()


@pytest.fixture
def client(school: School) -> Client:
    return client_of(school, "instructor")


@pytest.fixture
def bank(school: School) -> QuestionBank:
    return make_question(school).bank


def test_a_tree_is_built_moved_and_poured(client: Client, bank: QuestionBank) -> None:
    url = f"{V1}question-banks/{bank.public_id}/categories/"
    rocks = send(client, "POST", url, {"name": "Rocks"}).json()
    lava = send(client, "POST", url, {"name": "Lava", "parent": rocks["id"]}).json()
    ice = send(client, "POST", url, {"name": "Ice", "place": 0}).json()
    assert (lava["path"], lava["parent"], lava["depth"]) == (["Rocks", "Lava"], rocks["id"], 2)
    names = [one["name"] for one in client.get(url).json()["results"]]
    assert names == ["Ice", "Rocks", "Lava"]
    one = f"{V1}question-categories/"
    moved = send(client, "PATCH", f"{one}{lava['id']}/", {"parent": None, "name": "Magma"})
    assert (moved.json()["path"], moved.json()["parent"]) == (["Magma"], None)
    cycle = send(client, "PATCH", f"{one}{ice['id']}/", {"name": "Snow", "parent": ice["id"]})
    assert (cycle.status_code, list(cycle.json()["errors"])) == (400, ["parent"])
    assert bank.categories.filter(name="Ice").exists()  # neither was done
    stale = client.patch(
        f"{one}{ice['id']}/",
        {"name": "Snow"},
        content_type="application/json",
        headers={"if-match": '"99"'},
    )
    assert stale.status_code == 412
    row = bank.questions.get()
    filing = {"category": lava["id"], "tags": ["Hot", "hot "]}
    filed = send(client, "PUT", f"{V1}questions/{row.public_id}/filing/", filing).json()
    assert (filed["category"], filed["tags"]) == (lava["id"], ["Hot"])
    poured = send(client, "POST", f"{one}{lava['id']}/merge/", {"into": rocks["id"]})
    assert poured.json() == {"moved": 1}
    gone = client.delete(f"{one}{rocks['id']}/?into={ice['id']}")
    assert gone.json() == {"moved": 1}
    row.refresh_from_db()
    assert row.category is not None
    assert row.category.name == "Ice"


def test_questions_are_listed_by_where_they_are_filed(
    school: School, client: Client, bank: QuestionBank
) -> None:
    course = school.course.public_id
    outcome = send(
        client, "POST", f"{V1}learning-outcomes/", {"course": course, "code": "G1", "title": "T"}
    ).json()
    row = bank.questions.get()
    make_question(school)
    filing = {"tags": ["hot"], "outcomes": [outcome["id"]]}
    send(client, "PUT", f"{V1}questions/{row.public_id}/filing/", filing)
    tag = client.get(f"{V1}question-banks/{bank.public_id}/tags/").json()["results"][0]
    assert (tag["name"], tag["count"]) == ("hot", 1)
    author = school.instructor.public_id
    for query, count in (
        (f"tag={tag['id']}", 1),
        (f"outcome={outcome['id']}", 1),
        (f"bank={bank.public_id}", 2),
        ("category=none", 2),
        ("source=imported", 0),
        (f"author={author}", 2),
    ):
        found = client.get(f"{V1}questions/?{query}").json()
        assert found["count"] == count, query
    listed = client.get(f"{V1}questions/?tag={tag['id']}").json()["results"][0]
    assert (listed["tags"], listed["outcomes"]) == (["hot"], [outcome["id"]])
    assert (listed["source"], listed["category"]) == ("written", None)
    assert_constant_queries(
        lambda: client.get(f"{V1}questions/"),
        lambda: send(
            client, "PUT", f"{V1}questions/{make_question(school).public_id}/filing/", filing
        ),
    )


def test_outcomes_are_ordered_and_removed(school: School, client: Client) -> None:
    course, url = school.course.public_id, f"{V1}learning-outcomes/"
    ids = [
        send(client, "POST", url, {"course": course, "code": code, "title": "T"}).json()["id"]
        for code in ("A", "B")
    ]
    order = {"course": course, "order": ids[::-1]}
    assert send(client, "PUT", f"{url}order/", order).status_code == 204
    codes = [one["code"] for one in client.get(f"{url}?course={course}").json()["results"]]
    assert codes == ["B", "A"]
    built = send(client, "PATCH", f"{url}{ids[0]}/", {"prerequisites": [ids[1]]})
    assert built.json()["prerequisites"] == [ids[1]]
    assert send(client, "PATCH", f"{url}{ids[0]}/", {"title": "U"}).json()["prerequisites"] != []
    round_about = send(client, "PATCH", f"{url}{ids[1]}/", {"prerequisites": [ids[0]]})
    assert list(round_about.json()["errors"]) == ["prerequisites"]
    taken = send(client, "PATCH", f"{url}{ids[0]}/", {"code": "b"})
    assert list(taken.json()["errors"]) == ["code"]
    assert client.delete(f"{url}{ids[0]}/").json() == {"moved": 0}


def test_many_are_changed_by_a_filter_after_a_dry_run(
    school: School, client: Client, bank: QuestionBank
) -> None:
    asked = make_question(school)
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE)
    add_item(actor=school.actor("instructor"), quiz=quiz, question=asked)
    url = f"{V1}question-banks/{bank.public_id}/bulk/"
    change: dict[str, Any] = {
        "verb": "state",
        "state": "draft",
        "where": {"kind": "single_choice"},
    }
    look = send(client, "POST", url, {**change, "dry_run": True}).json()
    assert (look["changed"], look["edit"]) == (1, None)
    assert [one["question"] for one in look["refused"]] == [asked.public_id]
    done = send(client, "POST", url, change).json()
    assert Question.objects.filter(state="draft").count() == done["changed"] == 1
    undone = send(client, "POST", f"{V1}question-bulk-edits/{done['edit']}/undo/", {})
    assert undone.json()["changed"] == 1
    again = send(client, "POST", f"{V1}question-bulk-edits/{done['edit']}/undo/", {})
    assert (again.status_code, again.json()["code"]) == (409, "undone")
    for wrong in (
        {"verb": "tag", "tags": ["x"]},
        {"verb": "tag", "tags": ["x"], "questions": [], "where": {}},
        {"verb": "points", "points": "0", "where": {}},
        {"verb": "copy", "where": {}},
        {"verb": "odd", "where": {}},
    ):
        assert send(client, "POST", url, wrong).status_code == 400, wrong
    nothing = send(client, "POST", url, {"verb": "tag", "tags": ["x"], "questions": []}).json()
    assert nothing["changed"] == 0


def test_a_bank_of_ones_own_is_lent_and_taken_back(school: School, client: Client) -> None:
    own = send(client, "POST", f"{V1}question-banks/own/", {}).json()
    assert (own["course"], own["own"]) == (None, True)
    url = f"{V1}question-banks/{own['id']}/shares/"
    assert send(client, "POST", url, {"level": "read"}).status_code == 400
    share = send(client, "POST", url, {"course": school.course.public_id}).json()
    assert (share["level"], share["name"]) == ("read", school.course.title)
    assistant = client_of(school, "assistant")
    listed = assistant.get(f"{V1}question-banks/").json()["results"]
    assert [one["own"] for one in listed] == [False]
    assert client.delete(f"{V1}bank-shares/{share['id']}/").status_code == 204
    assert assistant.get(f"{V1}question-banks/{own['id']}/").status_code == 404


def test_drafts_and_hints_are_for_staff(school: School, client: Client) -> None:  # Z5
    draft = send(
        client,
        "POST",
        f"{V1}questions/",
        {
            "course": school.course.public_id,
            "kind": "single_choice",
            "stem": "Which?",
            "options": [{"text": "a"}, {"text": "b"}],
            "hints": ["Think of LAVAHINT."],
            "draft": True,
        },
    ).json()
    assert (draft["state"], draft["hints"]) == ("draft", ["Think of LAVAHINT."])
    state = f"{V1}questions/{draft['id']}/state/"
    refused = send(client, "PUT", state, {"state": "ready"})
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["options"])
    options = [{"text": "a", "correct": True}, {"text": "b"}]
    send(client, "PATCH", f"{V1}questions/{draft['id']}/", {"options": options})
    assert send(client, "PUT", state, {"state": "ready"}).json()["state"] == "ready"
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE)
    row = Question.objects.get(public_id=draft["id"])
    assert row.latest is not None
    assert row.latest.key["hints"] == ["Think of LAVAHINT."]
    add_item(actor=school.actor("instructor"), quiz=quiz, question=row)
    used = client.get(f"{V1}questions/{draft['id']}/usage/").json()
    assert [one["quiz"] for one in used["quizzes"]] == [quiz.public_id]
    attempt = start_attempt(actor=school.actor("learner"), quiz=quiz)
    learner = client_of(school, "learner")
    for url in (
        f"{V1}attempts/{attempt.public_id}/",
        f"/c/{school.course.slug}/learn/{quiz.lesson.public_id}/",
    ):
        assert "LAVAHINT" not in learner.get(url, follow=True).content.decode()
