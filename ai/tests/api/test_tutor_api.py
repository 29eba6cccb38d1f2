"""The tutor through the API: whole, as events, and everything around an answer."""

import json
from typing import Any

import pytest
from django.test import AsyncClient, Client

from ai.models import Conversation, Exchange
from ai.services.consent import give_consent
from ai.services.indexing import index_course
from ai.tests.fake_model import FakeModel
from courses.models import Course, Lesson
from courses.tests.factories import SYSTEM, CourseFactory, EnrolmentFactory, LessonFactory
from lms.kernel.actors import for_user
from lms.kernel.testing import assert_constant_queries

pytestmark = pytest.mark.django_db
URL = "/api/v1/ai/tutor/"
CHALK = "Chalk is a soft white rock made of the shells of tiny sea animals."
ASKED = "What is chalk, the soft white rock, made of?"


@pytest.fixture
def course() -> Course:
    made = CourseFactory()
    LessonFactory(course=made, title="Sediments", text=CHALK)
    index_course(actor=SYSTEM, course=made)
    return made


@pytest.fixture
def client(course: Course) -> Client:
    found = Client()
    found.force_login(EnrolmentFactory(course=course).user)
    return found


def post(client: Client, where: Course, accept: str = "", **more: Any) -> Any:
    body = {"course": where.public_id, "message": ASKED, **more}
    headers = {"Accept": accept} if accept else {}
    return client.post(URL, body, content_type="application/json", headers=headers)


def events(response: Any) -> list[tuple[str, dict[str, Any]]]:
    text = b"".join(response.streaming_content).decode()
    return parsed(text)


def parsed(text: str) -> list[tuple[str, dict[str, Any]]]:
    blocks = [block.split("\n") for block in text.strip().split("\n\n")]
    return [(one.removeprefix("event: "), json.loads(two[6:])) for one, two in blocks]


def test_an_answer_has_the_fixed_shape(client: Client, course: Course) -> None:
    lesson = Lesson.objects.get()
    answer = post(client, course, lesson=lesson.public_id)
    assert answer.status_code == 200
    said = answer.json()
    block = lesson.versions.get(state="published").blocks.get().key
    exchange = Exchange.objects.get()
    assert said == {
        "conversation": exchange.conversation.public_id,
        "exchange": exchange.public_id,
        "answer": f"The course says, word for word: “{CHALK}”",
        "answerable": True,
        "citations": [
            {
                "block": block,
                "lesson": lesson.public_id,
                "quote": CHALK,
                "title": "Sediments",
            }
        ],
        "mode": "full",
        "provider": "extractive",
    }
    again = post(client, course, conversation=said["conversation"]).json()
    assert again["conversation"] == said["conversation"]


def test_events_say_the_same(client: Client, course: Course) -> None:
    answer = post(client, course, accept="text/event-stream")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/event-stream; charset=utf-8"
    assert answer["Cache-Control"] == "no-store"
    told = events(answer)
    assert [name for name, _data in told] == ["token", "token", "citation", "done"]
    done = told[-1][1]
    assert "".join(data["text"] for name, data in told if name == "token") == done["answer"]
    assert [data for name, data in told if name == "citation"] == done["citations"]
    assert done["answerable"]


@pytest.mark.django_db(transaction=True)
async def test_events_come_under_asgi_too(
    transactional_db: None, course: Course, model: FakeModel
) -> None:
    from asgiref.sync import sync_to_async

    model.replies = [
        {"answerable": True, "sentences": [{"text": "Chalk is a soft white rock.", "sources": [1]}]}
    ]
    client = AsyncClient()
    enrolment = await sync_to_async(EnrolmentFactory)(course=course)
    await sync_to_async(give_consent)(actor=for_user(enrolment.user), of_age=True)
    await client.aforce_login(enrolment.user)
    body = {"course": course.public_id, "message": ASKED}
    answer = await client.post(
        URL, body, content_type="application/json", headers={"Accept": "text/event-stream"}
    )
    assert answer.is_async  # type: ignore[attr-defined]
    pieces = [piece async for piece in answer.streaming_content]  # type: ignore[attr-defined]
    told = parsed(b"".join(pieces).decode())
    assert [name for name, _data in told] == ["token", "citation", "done"]
    assert told[-1][1]["answer"] == "Chalk is a soft white rock."


@pytest.mark.parametrize("accept", ["", "text/event-stream"])
@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"message": ""}, 400),
        ({"message": "x" * 2_001}, 400),
        ({"course": "nothing"}, 404),
        ({"lesson": "nothing"}, 404),
        ({"conversation": "nothing"}, 404),
    ],
)
def test_refusals_are_problems_before_the_first_event(
    client: Client, course: Course, accept: str, changes: dict[str, str], status: int
) -> None:
    answer = post(client, course, accept=accept, **changes)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert not Exchange.objects.exists()


def test_rating_passing_on_and_deleting(client: Client, course: Course) -> None:
    said = post(client, course).json()
    address = f"{URL}{said['conversation']}/"
    body = {"exchange": said["exchange"], "rating": "down", "reason": "Too short."}
    rated = client.post(f"{address}rate/", body, content_type="application/json").json()
    assert rated["exchanges"][0]["rating"] == "down"
    sent = client.post(
        f"{address}send-on/", {"exchange": said["exchange"]}, content_type="application/json"
    ).json()
    assert sent["exchanges"][0]["sent_on"] is True
    wrong = client.post(
        f"{address}rate/", {**body, "exchange": "x"}, content_type="application/json"
    )
    assert wrong.status_code == 400
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404


def test_a_repeated_request_answers_like_the_first(client: Client, course: Course) -> None:
    body = {"course": course.public_id, "message": ASKED}
    first, second = (
        client.post(URL, body, content_type="application/json", headers={"Idempotency-Key": "k"})
        for _ in range(2)
    )
    assert first.json() == second.json()
    assert Exchange.objects.count() == 1


def test_the_list_costs_the_same_however_long(client: Client, course: Course) -> None:
    post(client, course)
    assert_constant_queries(lambda: client.get(URL), lambda: post(client, course))
    assert client.get(URL).json()["count"] == 3


@pytest.mark.services
def test_a_long_conversation_comes_in_stretches(client: Client, course: Course) -> None:
    first = post(client, course).json()
    row = Conversation.objects.get()
    grow(row, 120)
    address = f"{URL}{row.public_id}/"
    newest = client.get(address).json()
    asked = [one["question"] for one in newest["exchanges"]]
    assert asked == [f"Question {at}" for at in range(20, 120)]
    assert newest["earlier"] is True
    oldest = client.get(address, {"before": newest["exchanges"][0]["id"]}).json()
    assert [oldest["exchanges"][0]["id"], oldest["earlier"]] == [first["exchange"], False]
    assert len(oldest["exchanges"]) == 21
    (listed,) = client.get(URL).json()["results"]
    assert [one["question"] for one in listed["exchanges"]] == asked[-12:]
    assert listed["earlier"] is True
    assert client.get(address, {"before": "nothing"}).status_code == 404


def grow(row: Conversation, many: int) -> None:
    Exchange.objects.bulk_create(
        Exchange(
            conversation=row,
            course=row.course,
            question=f"Question {at}",
            mode="full",
            provider="extractive",
        )
        for at in range(many)
    )
