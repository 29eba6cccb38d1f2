"""Flashcards through the API: lists, changes, the queue with both kinds, many at once."""

from typing import Any

import pytest
from django.test import Client

from analytics.models import Flashcard
from assessments.tests.factories import School, make_school

pytestmark = pytest.mark.django_db
URL = "/api/v1/review/"


@pytest.fixture
def school() -> School:
    return make_school()


def client_of(school: School, who: str) -> Client:
    client = Client()
    client.force_login(getattr(school, who))
    return client


def send(client: Client, method: str, path: str, body: Any = None, **headers: Any) -> Any:
    return client.generic(
        method, f"{URL}{path}", body, content_type="application/json", headers=headers
    )


def post(client: Client, path: str, body: Any = None) -> Any:
    return client.post(f"{URL}{path}", body or {}, content_type="application/json")


def test_a_card_comes_in_the_queue_with_its_own_kind(school: School) -> None:
    client, course = client_of(school, "learner"), school.course.public_id
    body = {"course": course, "front": "**Lava**?", "back": "Molten rock."}
    made = post(client, "cards/", body)
    assert made.status_code == 201
    key = made.json()["id"]
    (card,) = client.get(URL).json()["cards"]
    assert (card["id"], card["kind"], card["lesson"], card["reps"]) == (key, "flashcard", "", 0)
    assert "Molten" not in str(card)
    told = client.get(f"{URL}{key}/answer/").json()
    assert (told["question"], told["back_html"]) == (None, "<p>Molten rock.</p>\n")
    assert sorted(told["intervals"]) == ["again", "easy", "good", "hard"]
    rated = post(client, f"{key}/rate/", {"recall": "easy", "reps": 0})
    assert (rated.status_code, rated.json()["reps"]) == (200, 1)
    assert post(client, "undo/").json() == {"id": key}
    assert post(client, f"cards/{key}/suspend/").status_code == 204
    assert client.get(URL).json()["due"] == 0
    (listed,) = client.get(f"{URL}cards/?show=resting").json()["results"]
    assert (listed["suspended"], listed["own"]) == (True, True)
    assert post(client, f"cards/{key}/resume/").status_code == 204


def test_a_stale_change_is_refused_and_a_deck_is_published(school: School) -> None:
    teacher, course = client_of(school, "instructor"), school.course.public_id
    body = {"course": course, "deck": True, "front": "Chalk?", "back": "Shells."}
    made = post(teacher, "cards/", body).json()
    assert made["state"] == "draft"
    change = b'{"front": "Chalk is?", "state": "published"}'
    path = f"cards/{made['id']}/"
    assert send(teacher, "PATCH", path, change, **{"If-Match": '"9"'}).status_code == 412
    changed = send(teacher, "PATCH", path, change).json()
    assert (changed["front"], changed["back"], changed["state"]) == (
        "Chalk is?",
        "Shells.",
        "published",
    )
    learner = client_of(school, "learner")
    assert learner.get(f"{URL}cards/").json()["count"] == 1
    assert learner.get(f"{URL}cards/?deck_of={course}").status_code == 403
    assert teacher.get(f"{URL}cards/?deck_of={course}").json()["count"] == 1
    assert teacher.delete(f"{URL}{path}").status_code == 204


def test_a_change_that_is_refused_changes_nothing(school: School) -> None:
    client, course = client_of(school, "learner"), school.course.public_id
    made = post(client, "cards/", {"course": course, "front": "A", "back": "B"}).json()
    path = f"cards/{made['id']}/"
    refused = send(client, "PATCH", path, b'{"front": "Other", "state": "draft"}')
    assert (refused.status_code, refused.json()["code"]) == (409, "not_of_a_deck")
    assert client.get(f"{URL}{path}").json() == made
    same = send(client, "PATCH", path, b'{"front": "Other", "state": "published"}').json()
    assert (same["front"], same["version"]) == ("Other", made["version"] + 1)


def test_many_are_added_all_or_none(school: School) -> None:
    client, course = client_of(school, "learner"), school.course.public_id
    body = {"course": course, "text": "A ; B\nC", "dry_run": True}
    looked = post(client, "cards/paste/", body).json()
    assert (looked["added"], len(looked["cards"]), looked["problems"][0]["line"]) == (0, 1, 2)
    refused = post(client, "cards/paste/", {**body, "dry_run": False})
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["text"])
    assert "Line 2:" in refused.json()["errors"]["text"][0]
    assert not Flashcard.objects.exists()
    added = post(client, "cards/paste/", {"course": course, "text": "A ; B"})
    assert (added.json()["added"], Flashcard.objects.get().front) == (1, "A")
