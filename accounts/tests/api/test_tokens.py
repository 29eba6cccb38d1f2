from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import ApiToken, User
from accounts.services.tokens import issue_token, read_token
from accounts.tests.factories import PASSWORD, UserFactory
from lms.kernel import actors

pytestmark = pytest.mark.django_db
SIGN_IN = "/api/v1/auth/token/"
TOKENS = "/api/v1/me/tokens/"


def sign_in(email: str, password: str, **headers: str) -> Any:
    return APIClient().post(SIGN_IN, {"email": email, "password": password}, headers=headers)


def session_of(person: User) -> APIClient:
    client = APIClient()
    client.force_login(person)
    return client


def bearer_of(person: User, *scopes: str) -> APIClient:
    issued = issue_token(
        actor=actors.for_user(person),
        person=person,
        name="script",
        scopes=frozenset(scopes),
        days=1,
    )
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {issued.text}")
    return client


def test_sign_in_answers_with_a_token_that_works() -> None:
    person = UserFactory()
    answer = sign_in(person.email, PASSWORD)
    assert answer.status_code == 200
    assert set(answer.json()) == {"token", "expires_at", "scopes"}
    assert answer.json()["scopes"] == ["read", "write"]
    assert answer["Cache-Control"] == "no-store"  # P8
    me = APIClient().get(
        "/api/v1/me/", headers={"Authorization": f"Bearer {answer.json()['token']}"}
    )
    assert me.json()["email"] == person.email


def test_sign_in_answers_unknown_and_wrong_alike() -> None:  # A6
    person = UserFactory()
    answers = [sign_in(person.email, "wrong"), sign_in("nobody@example.org", PASSWORD)]
    assert [answer.status_code for answer in answers] == [401, 401]
    bodies = [{**answer.json(), "id": ""} for answer in answers]
    assert bodies[0] == bodies[1]
    assert bodies[0]["code"] == "bad_credentials"
    assert answers[0]["Content-Type"] == "application/problem+json"


def test_sign_in_is_limited_on_api_and_page_together() -> None:  # A5
    person = UserFactory()
    page = Client()
    for number in range(10):
        if number % 2:
            assert sign_in(person.email, "wrong").status_code == 401
        else:
            fields = {"login": person.email, "password": "wrong"}
            assert page.post("/accounts/login/", fields).status_code == 200
    api = sign_in(person.email, PASSWORD)
    assert api.status_code == 429
    assert 1 <= int(api["Retry-After"]) <= 900
    shown = page.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    assert shown.status_code == 429
    assert 1 <= int(shown["Retry-After"]) <= 900


def test_sign_in_needs_no_csrf_and_ignores_a_session() -> None:
    person = UserFactory()
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(UserFactory())
    assert client.post(SIGN_IN, {"email": person.email, "password": PASSWORD}).status_code == 200


@pytest.mark.parametrize(
    "body",
    [{}, {"email": "a@example.org"}, {"email": 5, "password": {}}, [], "x", {"email": "\x00"}],
)
def test_sign_in_refuses_what_it_cannot_read(body: Any) -> None:  # P6
    assert APIClient().post(SIGN_IN, body).status_code == 400


def test_sign_in_is_never_kept_for_idempotency() -> None:  # P3
    person = UserFactory()
    tokens = {
        sign_in(person.email, PASSWORD, **{"Idempotency-Key": "same"}).json()["token"]
        for _ in range(2)
    }
    assert len(tokens) == 2


def test_session_creates_lists_and_revokes_tokens() -> None:
    client = session_of(UserFactory())
    made = client.post(TOKENS, {"name": "laptop", "scopes": ["read"], "days": 7})
    assert made.status_code == 201
    body = made.json()
    listed = client.get(TOKENS).json()
    assert listed["count"] == 1
    assert listed["results"][0] == {k: v for k, v in body.items() if k != "token"}
    assert read_token(body["token"]) is not None
    assert client.delete(f"{TOKENS}{body['id']}/").status_code == 204
    assert read_token(body["token"]) is None
    assert client.get(TOKENS).json()["count"] == 0
    assert client.delete(f"{TOKENS}{body['id']}/").status_code == 404


def test_token_cannot_create_tokens() -> None:
    client = bearer_of(UserFactory(), "read", "write")
    answer = client.post(TOKENS, {"name": "more", "scopes": ["read"]})
    assert (answer.status_code, answer.json()["code"]) == (403, "session_required")
    assert ApiToken.objects.count() == 1


def test_read_token_cannot_revoke() -> None:
    person = UserFactory()
    client = bearer_of(person, "read")
    token = ApiToken.objects.get()
    assert client.delete(f"{TOKENS}{token.public_id}/").status_code == 403
    assert read_only_is_alive(token)


def read_only_is_alive(token: ApiToken) -> bool:
    token.refresh_from_db()
    return token.revoked_at is None


@pytest.mark.parametrize("who", ["other", "admin"])
def test_foreign_token_is_missing(who: str) -> None:  # Z2
    owner = UserFactory()
    bearer_of(owner, "read")
    token = ApiToken.objects.get()
    client = session_of(UserFactory(admin=who == "admin"))
    assert client.delete(f"{TOKENS}{token.public_id}/").status_code == 404
    assert client.get(TOKENS).json()["count"] == 0
    assert read_only_is_alive(token)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"scopes": ["read"]}, "name"),
        ({"name": "x", "scopes": []}, "scopes"),
        ({"name": "x", "scopes": ["admin"]}, "scopes.0"),
        ({"name": "x", "scopes": ["write"]}, "scopes"),
        ({"name": "x", "scopes": ["read"], "days": 0}, "days"),
        ({"name": "x", "scopes": ["read"], "days": "soon"}, "days"),
    ],
)
def test_create_names_what_is_wrong(body: dict[str, Any], field: str) -> None:
    answer = session_of(UserFactory()).post(TOKENS, body)
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [field]


def test_list_costs_the_same_for_one_and_three_tokens(django_assert_num_queries: Any) -> None:
    person = UserFactory()
    client = session_of(person)
    for wanted in (1, 3):
        while ApiToken.objects.count() < wanted:
            bearer_of(person, "read")
        with django_assert_num_queries(3):
            assert client.get(TOKENS).json()["count"] == wanted


@pytest.mark.parametrize("header", ["Bearer ", "Bearer x", "Bearer cairn_" + "a" * 43])
def test_unknown_bearer_is_401(header: str) -> None:
    answer = APIClient().get("/api/v1/me/", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Bearer"
