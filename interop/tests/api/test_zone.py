"""A token's person has their own zone in the API, as their session has."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.services.tokens import issue_token
from accounts.tests.factories import UserFactory
from interop.services.event import EventFields, plan_event
from lms.kernel import actors

pytestmark = pytest.mark.django_db
# The evening of the first there is the second in UTC.
LATE = datetime(2026, 3, 2, 3, tzinfo=UTC)


@pytest.fixture
def person() -> User:
    return UserFactory(time_zone="America/New_York")


def client_of(person: User) -> Client:
    issued = issue_token(
        actor=actors.for_user(person),
        person=person,
        name="phone",
        scopes=actors.ALL_SCOPES,
        days=1,
    )
    return Client(headers={"Authorization": f"Bearer {issued.text}"})


def test_days_are_those_of_the_person(person: User) -> None:
    plan_event(actor=actors.for_user(person), fields=EventFields(title="Late", starts_at=LATE))
    client = client_of(person)

    def on(day: str) -> list[str]:
        found = client.get(f"/api/v1/calendar/?from={day}&to={day}").json()["results"]
        return [one["title"] for one in found]

    assert on("2026-03-01") == ["Late"]
    assert on("2026-03-02") == []
    assert timezone.get_current_timezone_name() == "UTC"


def test_a_weekly_event_keeps_its_hour_where_it_was_planned(person: User) -> None:
    body = {"title": "Group", "starts_at": LATE.isoformat(), "repeat_until": "2026-03-15"}
    client = client_of(person)
    made = client.post("/api/v1/calendar/events/", body, content_type="application/json")
    assert made.json()["time_zone"] == "America/New_York"
    assert made.json()["starts_at"] == "2026-03-02T03:00:00Z"
    found = client.get("/api/v1/calendar/?from=2026-03-01&to=2026-03-20").json()["results"]
    # Clocks are set on 8 March over there.
    assert [one["start"] for one in found] == [
        "2026-03-02T03:00:00Z",
        "2026-03-09T02:00:00Z",
        "2026-03-16T02:00:00Z",
    ]
    whole = {"title": "Day", "starts_at": "2026-03-02T00:00:00Z", "all_day": True}
    day = client.post("/api/v1/calendar/events/", whole, content_type="application/json").json()
    assert (day["starts_at"], day["time_zone"]) == ("2026-03-02T00:00:00Z", "UTC")


def test_times_are_told_in_utc_to_a_session_too(person: User) -> None:
    client = Client()
    client.force_login(person)
    told = client.get("/api/v1/me/").json()["date_joined"]
    assert told.endswith("Z")
