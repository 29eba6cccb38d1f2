import re
from typing import ClassVar

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.test import Client
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks, Settings

from accounts.models import ApiToken, User
from accounts.services.tokens import issue_token
from accounts.tests.factories import PASSWORD, UserFactory
from lms.kernel import actors, push

pytestmark = pytest.mark.django_db
NEW = "quite another phrase"


def sign_in(person: User, password: str = PASSWORD, onward: str = "") -> Client:
    client = Client()
    query = f"?next={onward}" if onward else ""
    client.post(
        f"/accounts/login/{query}", {"login": person.email, "password": password, "next": onward}
    )
    return client


def signed_in(client: Client) -> bool:
    return client.get("/api/v1/me/").status_code == 200


def link_in_mail(message: mail.EmailMessage) -> str:
    found = re.search(r"https?://testserver(/\S+)", str(message.body))
    assert found is not None, message.body
    return found.group(1)


def sign_up(client: Client, **changes: str) -> int:
    fields = {"name": "Ada", "email": "ada@example.org", "password1": NEW, **changes}
    return client.post("/accounts/signup/", fields).status_code


def test_sign_up_gives_a_student_who_confirms_by_mail() -> None:
    client = Client()
    assert sign_up(client, email="Ada@Example.org") == 302
    person = User.objects.get()
    assert (person.email, person.name, person.site_role) == ("ada@example.org", "Ada", "student")
    assert not signed_in(client)
    assert mail.outbox[0].to == ["ada@example.org"]
    client.post(link_in_mail(mail.outbox[0]))
    assert signed_in(sign_in(person, NEW))


def test_sign_up_mail_does_not_carry_what_a_stranger_wrote() -> None:
    sign_up(Client(), name="Win money at evil.example")
    assert "evil.example" not in str(mail.outbox[0].body) + mail.outbox[0].subject


def test_unconfirmed_address_does_not_sign_in() -> None:
    person = UserFactory(unconfirmed=True)
    assert not signed_in(sign_in(person))
    assert [message.to for message in mail.outbox] == [[person.email]]


def test_sign_up_looks_the_same_for_a_known_address() -> None:  # A6
    UserFactory(email="ada@example.org")
    fresh, known = Client(), Client()
    assert sign_up(fresh, email="new@example.org") == sign_up(known) == 302
    assert mail.outbox[1].subject == "You have an account already"
    assert User.objects.count() == 2


@pytest.mark.parametrize("field", ["site_role", "is_active", "is_staff", "is_superuser"])
def test_sign_up_cannot_take_a_role(field: str) -> None:  # Z4
    sign_up(Client(), **{field: "admin"})
    person = User.objects.get()
    assert (person.site_role, person.is_staff) == ("student", False)


@pytest.mark.parametrize(
    "password",
    [
        "short-one-1",  # 11 characters
        "Password2026!!",
        "p4ssw0rd123456",
        "qwertyqwerty12",
        "qwertyuiopasdf",
        "123456789012345",
        "aaaaaaaaaaaaaaaa",
        "ada@example.org",
        "!!!dragon!!!!!2024",
    ],
)
def test_sign_up_refuses_weak_and_breached_passwords(password: str) -> None:  # A1
    client = Client()
    answer = client.post(
        "/accounts/signup/", {"name": "Ada", "email": "ada@example.org", "password1": password}
    )
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == ["password1"]
    assert not User.objects.exists()


@pytest.mark.parametrize("password", ["demo-cairn-2026", "correct horse battery", "Kq8#mfP2w!xz"])
def test_sign_up_takes_good_passwords(password: str) -> None:
    assert sign_up(Client(), password1=password) == 302
    assert User.objects.get().check_password(password)


def test_passwords_are_hashed_with_argon2(settings: Settings) -> None:  # A1
    settings.PASSWORD_HASHERS = [h for h in settings.PASSWORD_HASHERS if "MD5" not in h]
    person = UserFactory()
    assert person.password.startswith("argon2$argon2id$")
    assert signed_in(sign_in(person))


def test_session_id_rotates_at_sign_in_and_cookie_is_guarded() -> None:  # A2
    person, client = UserFactory(), Client()
    client.get("/accounts/login/")
    session = client.session
    session["before"] = True
    session.save()
    before = session.session_key
    client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    cookie = client.cookies["session"]
    assert cookie.value != before
    assert cookie["httponly"] is True
    assert cookie["samesite"] == "Lax"


@pytest.mark.parametrize(
    "onward",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "http:///evil.example",
        "javascript:alert(1)",
        "http://localhost/",  # an allowed host that is not this one
    ],
)
def test_sign_in_never_redirects_elsewhere(onward: str) -> None:  # A10
    person, client = UserFactory(), Client()
    fields = {"login": person.email, "password": PASSWORD, "next": onward}
    answer = client.post("/accounts/login/", fields)
    assert (answer.status_code, answer["Location"]) == (302, "/me/")


def test_sign_in_goes_on_to_where_one_was() -> None:
    person, client = UserFactory(), Client()
    sent = client.get("/me/settings/")
    assert sent["Location"] == "/accounts/login/?next=%2Fme%2Fsettings%2F"
    fields = {"login": person.email, "password": PASSWORD, "next": "/me/settings/"}
    assert client.post("/accounts/login/", fields)["Location"] == "/me/settings/"


class CountingHasher(MD5PasswordHasher):
    """Counts the passwords it hashed."""

    algorithm = "counting"
    hashed: ClassVar[list[str]] = []

    def encode(self, password: str, salt: str) -> str:
        self.hashed.append(password)
        return super().encode(password, salt)


def test_sign_up_hashes_as_often_for_a_known_address(settings: Settings) -> None:  # A6
    UserFactory(email="ada@example.org")
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    CountingHasher.hashed.clear()
    sign_up(Client(), email="new@example.org")
    fresh = len(CountingHasher.hashed)
    sign_up(Client())
    assert fresh >= 1
    assert len(CountingHasher.hashed) == 2 * fresh


def test_sign_in_page_looks_the_same_for_unknown_and_wrong() -> None:  # A6
    person = UserFactory()
    answers = [
        Client().post("/accounts/login/", {"login": email, "password": "wrong"})
        for email in (person.email, "nobody@example.org")
    ]
    errors = [answer.context["form"].errors.as_json() for answer in answers]
    assert errors[0] == errors[1]
    assert [answer.status_code for answer in answers] == [200, 200]


def test_closed_account_does_not_sign_in() -> None:
    person = UserFactory(inactive=True)
    assert not signed_in(sign_in(person))


def test_sign_out_ends_the_session_and_closes_sockets(
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:  # A3
    closed: list[int] = []
    monkeypatch.setattr(push, "close_person", lambda person, _code: closed.append(person))
    person = UserFactory()
    client = sign_in(person)
    stolen = Client()
    stolen.cookies["session"] = client.cookies["session"].value
    assert signed_in(stolen)
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/accounts/logout/")
    assert not signed_in(stolen)
    assert closed == [person.pk]


def test_sign_out_needs_a_post() -> None:
    client = sign_in(UserFactory())
    assert client.get("/accounts/logout/").status_code == 200
    assert signed_in(client)


def test_password_change_ends_other_sessions_and_tokens() -> None:  # A3
    person = UserFactory()
    here, there = sign_in(person), sign_in(person)
    issue_token(
        actor=actors.for_user(person),
        person=person,
        name="laptop",
        scopes=frozenset({"read"}),
        days=1,
    )
    answer = here.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW},
    )
    assert answer["Location"] == "/me/settings/"
    assert signed_in(here)
    assert not signed_in(there)
    assert ApiToken.objects.get().revoked_at is not None


def test_password_reset_by_mail_ends_all_sessions() -> None:  # A3
    person = UserFactory()
    there, client = sign_in(person), Client()
    client.post("/accounts/password/reset/", {"email": person.email})
    page = client.get(link_in_mail(mail.outbox[0]), follow=True)
    onward = page.redirect_chain[-1][0]
    client.post(onward, {"password1": NEW, "password2": NEW})
    person.refresh_from_db()
    assert person.check_password(NEW)
    assert not signed_in(there)


def test_password_reset_looks_the_same_for_unknown_addresses() -> None:  # A6
    person = UserFactory()
    answers = [
        Client().post("/accounts/password/reset/", {"email": email})
        for email in (person.email, "nobody@example.org")
    ]
    assert [(a.status_code, a["Location"]) for a in answers] == [
        (302, "/accounts/password/reset/done/")
    ] * 2
    assert mail.outbox[1].subject == "There is no account with this address"


def test_password_reset_is_limited_for_an_account() -> None:  # A5
    person = UserFactory()
    statuses = [
        Client().post("/accounts/password/reset/", {"email": person.email}).status_code
        for _ in range(11)
    ]
    assert statuses == [302] * 10 + [429]


def test_password_reset_is_limited_for_an_address() -> None:  # A5
    for number in range(30):
        Client().post("/accounts/password/reset/", {"email": f"n{number}@example.org"})
    answer = Client().post("/accounts/password/reset/", {"email": "last@example.org"})
    assert answer.status_code == 429
    assert answer["Retry-After"] == "900"


def test_new_address_counts_once_confirmed_and_needs_the_password() -> None:  # A9
    person = UserFactory()
    client = Client()
    client.force_login(person)
    fields = {"email": "new@example.org", "action_add": ""}
    first = client.post("/accounts/email/", fields)
    assert first["Location"].startswith("/accounts/reauthenticate/")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.post("/accounts/email/", fields)
    person.refresh_from_db()
    assert person.email != "new@example.org"
    client.post(link_in_mail(mail.outbox[-1]))
    person.refresh_from_db()
    assert person.email == "new@example.org"


def test_change_of_role_ends_the_session() -> None:  # A2, A3
    from accounts.enums import SiteRole
    from accounts.services.people import change_site_role

    person = UserFactory(instructor=True)
    client = sign_in(person)
    admin = actors.for_user(UserFactory(admin=True))
    change_site_role(actor=admin, person=person, role=SiteRole.STUDENT)
    assert not signed_in(client)


def test_behind_proxies_the_limit_is_for_the_address_in_front(settings: Settings) -> None:  # P7
    settings.TRUSTED_PROXIES = 1
    for number in range(30):
        Client().post(
            "/accounts/login/",
            {"login": f"n{number}@example.org", "password": "x"},
            headers={"X-Forwarded-For": "6.6.6.6, 10.0.0.7"},
        )
    fields = {"login": "n@example.org", "password": "x"}
    other = Client().post("/accounts/login/", fields, headers={"X-Forwarded-For": "10.0.0.8"})
    same = Client().post(
        "/accounts/login/", fields, headers={"X-Forwarded-For": "1.1.1.1,10.0.0.7"}
    )
    assert (other.status_code, same.status_code) == (200, 429)
