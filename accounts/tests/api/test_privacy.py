"""One's own data and its end through the API: with the password, and no more than one's own."""

import json
import zipfile
from io import BytesIO
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
EXPORT, ERASE = "/api/v1/me/export/", "/api/v1/me/erase/"


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def send(client: Client, address: str, **body: object) -> Any:
    return client.post(address, body, content_type="application/json")


def test_the_archive_holds_oneself() -> None:  # V2
    person = UserFactory(name="Zora")
    UserFactory(name="Somebody Else")
    answer = send(client_of(person), EXPORT, password=PASSWORD)
    assert answer["Content-Type"] == "application/zip"
    assert answer["Cache-Control"] == "no-store"
    with zipfile.ZipFile(BytesIO(b"".join(answer.streaming_content))) as archive:
        told = {name: archive.read(name).decode() for name in archive.namelist()}
    assert [row["name"] for row in json.loads(told["accounts.user.json"])] == ["Zora"]
    assert "Somebody Else" not in "".join(told.values())


@pytest.mark.parametrize("address", [EXPORT, ERASE])
def test_a_wrong_password_is_told_and_counted(address: str) -> None:  # A5, A9
    person = UserFactory()
    client = client_of(person)
    wrong = send(client, address, password="not the one it is")
    assert wrong.status_code == 400
    assert list(wrong.json()["errors"]) == ["password"]
    for _ in range(9):
        send(client, address, password="not the one it is")
    assert send(client, address, password=PASSWORD).status_code == 429
    person.refresh_from_db()
    assert person.erased_at is None


def test_an_erased_account_opens_nothing_more() -> None:  # V2, A3
    person = UserFactory()
    client = client_of(person)
    assert send(client, ERASE, password=PASSWORD).status_code == 204
    person.refresh_from_db()
    assert person.erased_at is not None
    assert client.get("/api/v1/me/").status_code == 401
