from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tests.factories import UserFactory

pytestmark = pytest.mark.django_db
ME = "/api/v1/me/"


def session_of(person: User) -> APIClient:
    client = APIClient()
    client.force_login(person)
    return client


def test_me_shows_the_person() -> None:
    person = UserFactory(name="Ada", instructor=True)
    answer = session_of(person).get(ME)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"  # P8
    body = answer.json()
    assert {k: v for k, v in body.items() if k != "date_joined"} == {
        "id": person.public_id,
        "email": person.email,
        "name": "Ada",
        "site_role": "instructor",
        "time_zone": "UTC",
        "language": "en",
        "theme": "system",
    }


def test_me_asks_for_a_session() -> None:
    answer = APIClient().get(ME)
    assert (answer.status_code, answer.json()["code"]) == (401, "sign_in_required")


def test_me_changes_four_fields() -> None:
    person = UserFactory()
    fields = {"name": "Ada", "time_zone": "Asia/Tokyo", "language": "en", "theme": "dark"}
    answer = session_of(person).patch(ME, fields)
    assert answer.status_code == 200
    assert {key: answer.json()[key] for key in fields} == fields
    person.refresh_from_db()
    assert {key: getattr(person, key) for key in fields} == fields


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "x"),
        ("email", "evil@example.org"),
        ("site_role", "admin"),
        ("date_joined", "2020-01-01T00:00:00Z"),
        ("is_active", False),
        ("password", "x"),
    ],
)
def test_me_ignores_fields_of_the_server(field: str, value: object) -> None:  # Z4
    person = UserFactory(name="Ada")
    client = session_of(person)
    before = User.objects.filter(pk=person.pk).values().get()
    answer = client.patch(ME, {field: value})
    assert answer.status_code == 200
    assert User.objects.filter(pk=person.pk).values().get() == before


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("time_zone", "Mars/Base"),
        ("language", "tlh"),
        ("theme", "pink"),
        ("name", "x" * 151),
        ("name", ["x"]),
    ],
)
def test_me_names_what_is_wrong(field: str, value: Any) -> None:
    answer = session_of(UserFactory()).patch(ME, {field: value})
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]


def test_me_needs_csrf_by_session() -> None:  # P5
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(UserFactory())
    assert client.patch(ME, {"name": "Ada"}).status_code == 403
