"""Rooms and messages through the API."""

import uuid
from typing import Any

import pytest
from django.test import Client

from lms.kernel.testing import assert_constant_queries
from realtime.models import Message
from realtime.services.chat import send_message
from realtime.tests.factories import Cast, course_of, enrol

pytestmark = pytest.mark.django_db
MESSAGES = "/api/v1/messages/"


def api(cast: Cast, who: str) -> Client:
    client = Client()
    if who != "anonymous":
        client.force_login(cast.people[who])
    return client


def say(cast: Cast, who: str, body: str = "Hello") -> Message:
    sent = send_message(
        actor=cast.actor(who), course=cast.course, client_id=uuid.uuid4(), body=body
    )
    return sent.message


def post(client: Client, cast: Cast, **changes: Any) -> Any:
    data = {
        "room": cast.course.public_id,
        "client_id": str(uuid.uuid4()),
        "body": "Hello",
        **changes,
    }
    return client.post(MESSAGES, data, content_type="application/json")


READ = {
    "anonymous": 401,
    "outsider": 403,
    "other_instructor": 403,
    "observer": 403,
    "learner": 200,
    "assistant": 200,
    "instructor": 200,
    "admin": 200,
}


@pytest.mark.parametrize(("who", "status"), READ.items())
def test_room_and_messages_are_for_members(cast: Cast, who: str, status: int) -> None:
    say(cast, "learner")
    client = api(cast, who)
    assert client.get(f"/api/v1/rooms/{cast.course.public_id}/").status_code == status
    assert client.get(MESSAGES, {"room": cast.course.public_id}).status_code == status
    made = post(client, cast).status_code
    assert made == (201 if status == 200 else status)
    assert Message.objects.count() == (2 if status == 200 else 1)


def test_rooms_list_my_courses(cast: Cast) -> None:
    say(cast, "learner")
    found = api(cast, "learner").get("/api/v1/rooms/").json()
    assert found == {
        "count": 1,
        "next": None,
        "previous": None,
        "results": [
            {
                "id": cast.course.public_id,
                "title": cast.course.title,
                "slug": cast.course.slug,
                "last_seq": 1,
            }
        ],
    }
    assert api(cast, "observer").get("/api/v1/rooms/").json()["count"] == 0
    room = api(cast, "learner").get(f"/api/v1/rooms/{cast.course.public_id}/").json()
    assert (room["may_write"], room["members"], room["last_seq"]) == (True, [], 1)
    assert api(cast, "learner").get("/api/v1/rooms/nothing/").status_code == 404


def test_messages_are_polled_by_number(cast: Cast) -> None:  # R7
    for number in range(5):
        say(cast, "learner", f"m{number}")
    client = api(cast, "learner2")
    query = {"room": cast.course.public_id}
    seqs = lambda **more: [  # noqa: E731
        row["seq"] for row in client.get(MESSAGES, {**query, **more}).json()["results"]
    ]
    assert seqs() == [1, 2, 3, 4, 5]
    assert seqs(after_seq=3) == [4, 5]
    assert seqs(before_seq=3, ordering="-seq") == [2, 1]
    assert seqs(after_seq=5) == []
    assert seqs(page_size=2, page=3) == [5]
    for bad in ({"after_seq": "x"}, {"after_seq": "-1"}, {"before_seq": "9" * 30}):
        answer = client.get(MESSAGES, {**query, **bad})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, list(bad))
    assert client.get(MESSAGES).json()["errors"] == {"room": ["Name the room."]}


def test_message_is_sent_once_per_client_id(cast: Cast) -> None:  # R4 R7
    client, own = api(cast, "learner"), str(uuid.uuid4())
    first, again = post(client, cast, client_id=own), post(client, cast, client_id=own)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    learner = cast.people["learner"]
    row = Message.objects.get()
    wanted = {
        "id": row.public_id,
        "seq": 1,
        "change": 1,
        "client_id": own,
        "sender": {"id": learner.public_id, "name": learner.name},
        "body": "Hello",
        "html": "<p>Hello</p>\n",
        "created_at": row.created_at.isoformat().replace("+00:00", "Z"),
        "deleted": False,
    }
    assert {name: first.json()[name] for name in wanted} == wanted
    other = post(client, cast, client_id=own, body="other words")
    assert (other.status_code, other.json()["code"]) == (409, "client_id_reused")
    assert first["Cache-Control"] == "no-store"  # P8


def test_message_input_is_checked(cast: Cast) -> None:  # Z4 P6
    client = api(cast, "learner")
    for changes, field in (
        ({"client_id": "x"}, "client_id"),
        ({"body": ""}, "body"),
        ({"body": "x" * 4001}, "body"),
        ({"body": 5 * ["x"]}, "body"),
        ({"room": ""}, "room"),
        ({"room": 5}, "room"),
    ):
        answer = post(client, cast, **changes)
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [field]), changes
    assert post(client, cast, room="nothing", body="").status_code == 404  # Z2
    forged = post(client, cast, sender="x", seq=99, created_at="2001-01-01T00:00:00Z", html="<b>")
    assert forged.status_code == 201
    assert forged.json()["sender"]["id"] == cast.people["learner"].public_id
    assert (forged.json()["seq"], forged.json()["html"]) == (1, "<p>Hello</p>\n")


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("anonymous", 401),
        ("outsider", 404),
        ("observer", 404),
        ("learner2", 403),
        ("learner", 204),
        ("assistant", 204),
        ("admin", 204),
    ],
)
def test_message_is_deleted_by_author_and_staff(cast: Cast, who: str, status: int) -> None:
    message = say(cast, "learner")
    client = api(cast, who)
    assert client.delete(f"{MESSAGES}{message.public_id}/").status_code == status
    message.refresh_from_db()
    assert (message.deleted_at is not None) == (status == 204)


def test_lists_take_the_same_queries_for_any_number_of_rows(cast: Cast) -> None:
    say(cast, "learner")
    client = api(cast, "learner2")

    def more_messages() -> None:
        say(cast, "assistant")

    def more_rooms() -> None:
        enrol(cast.people["learner2"], course_of(cast.people["other_instructor"]))

    url = f"{MESSAGES}?room={cast.course.public_id}"
    assert_constant_queries(lambda: client.get(url), more_messages)
    assert_constant_queries(lambda: client.get("/api/v1/rooms/"), more_rooms)


def test_question_is_asked_again_and_an_answer_promoted(cast: Cast) -> None:
    client = api(cast, "learner")
    made = post(client, cast, client_id=str(uuid.uuid4()), body="@tutor What is chalk?").json()
    assert made["asked"] == "waiting"
    url = f"/api/v1/messages/{made['id']}/"
    assert client.get(f"{url}tutor/").json() == {"state": "waiting", "detail": ""}
    again = client.post(f"{url}tutor/")
    assert (again.status_code, again.json()["job"]["kind"]) == (202, "realtime.answer_question")
    assert api(cast, "learner2").get(f"{url}tutor/").status_code == 404
    words = {"question": "What is chalk?", "answer": "A rock."}
    done = api(cast, "instructor").post(f"{url}promote/", words, content_type="application/json")
    assert (done.status_code, done.json()["faq"]) == (200, True)
    empty = api(cast, "instructor").post(f"{url}promote/", {}, content_type="application/json")
    assert set(empty.json()["errors"]) == {"question", "answer"}


def test_polling_by_change_gives_new_and_changed_messages(cast: Cast) -> None:
    first = say(cast, "learner")
    say(cast, "assistant")
    client = api(cast, "learner")
    client.delete(f"/api/v1/messages/{first.public_id}/")
    url = f"/api/v1/messages/?room={cast.course.public_id}&after_change="
    rows = client.get(f"{url}1").json()["results"]
    assert [(row["seq"], row["change"], row["deleted"]) for row in rows] == [
        (2, 2, False),
        (1, 3, True),
    ]
    assert client.get(f"{url}x").status_code == 400
