from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries, Settings
from time_machine import Traveller

from accounts.models import ApiToken, User
from accounts.tasks import forget
from accounts.tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.fixture
def now() -> Iterator[Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def sign_in(person: User) -> Client:
    client = Client()
    fields = {"login": person.email, "password": PASSWORD, "remember": "on"}
    client.post("/accounts/login/", fields)
    return client


def status(client: Client) -> int:
    return client.get("/api/v1/me/").status_code


@pytest.mark.parametrize("trait", ["instructor", "analyst", "admin"])
def test_idle_session_of_staff_ends_after_three_hours(now: Traveller, trait: str) -> None:  # A4
    client = sign_in(UserFactory(**{trait: True}))
    now.shift(timedelta(hours=3))
    assert status(client) == 200
    now.shift(timedelta(hours=3, seconds=1))
    assert status(client) == 401


def test_used_session_of_staff_ends_after_twelve_hours(now: Traveller) -> None:  # A4
    client = sign_in(UserFactory(instructor=True))
    for _ in range(12):
        now.shift(timedelta(hours=1))
        assert status(client) == 200
    now.shift(timedelta(minutes=1))
    assert status(client) == 401


def test_limits_of_staff_sessions_are_settings(now: Traveller, settings: Settings) -> None:  # A4
    settings.STAFF_IDLE_SECONDS = 60.0
    client = sign_in(UserFactory(instructor=True))
    now.shift(timedelta(seconds=61))
    assert status(client) == 401


def test_session_of_a_learner_lasts_two_weeks(now: Traveller) -> None:
    client = sign_in(UserFactory())
    now.shift(timedelta(days=13))
    assert status(client) == 200
    now.shift(timedelta(days=1, seconds=1))
    assert status(client) == 401


def test_stamp_is_written_every_five_minutes_at_most(
    now: Traveller, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = sign_in(UserFactory(instructor=True))
    status(client)
    now.shift(timedelta(minutes=5))
    with django_assert_num_queries(2):
        status(client)


def test_forget_removes_ended_tokens_and_sessions(now: Traveller) -> None:  # V3
    person = UserFactory()
    sign_in(person)
    ApiToken.objects.create(
        user=person, name="x", prefix="x", digest="x", expires_at=NOW + timedelta(days=1)
    )
    now.shift(timedelta(days=20))
    sign_in(person)
    now.shift(timedelta(days=12))
    forget()
    assert Session.objects.count() == 1
    assert ApiToken.objects.count() == 0
