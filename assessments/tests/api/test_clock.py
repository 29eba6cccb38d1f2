"""Only the server's clock counts: what a client says about time changes nothing (D4)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from typing import Any

import pytest
from django.test import Client

from assessments.enums import QuestionKind
from assessments.models import Attempt, AttemptStep, Quiz
from assessments.services.accommodation import set_accommodation
from assessments.tests.factories import School, make_quiz, make_school
from lms.kernel import clock

pytestmark = pytest.mark.django_db
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = 3600


@pytest.fixture
def school() -> School:
    return make_school()


@pytest.fixture
def client(school: School) -> Client:
    one = Client()
    one.force_login(school.learner)
    return one


def send(client: Client, method: str, path: str, body: Any, said: datetime) -> Any:
    """A request of a client that says it is `said`, in every place where clients say so."""
    claims = {"saved_at": said.isoformat(), "started_at": said.isoformat(), "now": said.timestamp()}
    headers = {"Date": format_datetime(said), "X-Client-Time": said.isoformat()}
    ask = getattr(client, method)
    return ask(f"/api/v1{path}", {**body, **claims}, "application/json", headers=headers)


def answer_at(client: Client, found: Any, at: datetime, said: datetime, seq: int) -> Any:
    part = found["questions"][0]["id"]
    with clock.travel(at):
        path = f"/attempts/{found['id']}/answers/{part}/"
        return send(client, "put", path, {"answer": True, "seq": seq}, said)


def begin(client: Client, quiz: Quiz, at: datetime, said: datetime) -> Any:
    with clock.travel(at):
        return send(client, "post", "/attempts/", {"quiz": quiz.public_id}, said).json()


@pytest.mark.parametrize("hours", [-2, 0, 2])
def test_a_clients_clock_changes_nothing(school: School, client: Client, hours: int) -> None:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE, time_limit_seconds=HOUR)
    wrong = timedelta(hours=hours)
    found = begin(client, quiz, NINE, NINE + wrong)
    assert (found["started_at"], found["deadline"]) == (
        "2026-03-02T09:00:00Z",
        "2026-03-02T10:00:00Z",
    )
    last = NINE + timedelta(hours=1)
    saved = answer_at(client, found, last, last + wrong, 1)
    assert (saved.status_code, saved.json()["saved_at"]) == (200, "2026-03-02T10:00:00Z")
    late = last + timedelta(seconds=1)
    refused = answer_at(client, found, late, late + wrong, 2)
    assert (refused.status_code, refused.json()["code"]) == (409, "deadline_passed")
    assert refused.json()["detail"] == "Time is up. Your saved answers were handed in."
    attempt = Attempt.objects.get()
    assert (attempt.submitted_at, attempt.closed_by_clock, attempt.score) == (
        last,
        True,
        Decimal(1),
    )
    assert set(AttemptStep.objects.values_list("at", flat=True)) == {NINE, last, late}


def test_the_page_says_that_time_is_up(school: School, client: Client) -> None:
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE, time_limit_seconds=HOUR)
    found = begin(client, quiz, NINE, NINE)
    part = found["questions"][0]["id"]
    address = f"/c/{school.course.slug}/learn/{quiz.lesson.public_id}/attempt/{found['id']}/"
    with clock.travel(NINE + timedelta(hours=1, seconds=1)):
        posted = {f"asked-{part}": "1", f"answer-{part}": "true"}
        sent = client.post(address, posted, follow=True).content.decode()
    assert "Time ran out. What was saved by then was handed in for you." in sent
    assert "Your answers are saved." not in sent
    assert Attempt.objects.get().score == 0


def test_an_hour_that_closes_in_an_hour_gives_ninety_minutes_with_factor_one_and_a_half(
    school: School, client: Client
) -> None:
    teacher = school.actor("instructor")
    set_accommodation(actor=teacher, person=school.learner, time_factor=Decimal("1.5"))
    closes = NINE + timedelta(minutes=60)
    quiz = make_quiz(school, QuestionKind.TRUE_FALSE, time_limit_seconds=HOUR, closes_at=closes)
    found = begin(client, quiz, NINE, NINE - timedelta(hours=2))
    assert found["deadline"] == "2026-03-02T10:30:00Z"
    ninety = NINE + timedelta(minutes=90)
    assert answer_at(client, found, ninety, NINE, 1).status_code == 200
    refused = answer_at(client, found, ninety + timedelta(seconds=1), NINE, 2)
    assert (refused.status_code, refused.json()["code"]) == (409, "deadline_passed")
    other = Client()
    other.force_login(school.classmate)
    theirs = begin(other, quiz, NINE, NINE)
    assert theirs["deadline"] == "2026-03-02T10:00:00Z"
