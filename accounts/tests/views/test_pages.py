import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.core.mail.backends.filebased import EmailBackend
from django.test import Client
from django.utils import timezone, translation
from pytest_django.fixtures import Settings

from accounts.models import ApiToken, User
from accounts.tests.factories import PASSWORD, UserFactory
from accounts.views.middleware import PersonMiddleware

pytestmark = pytest.mark.django_db


def sign_in(person: User) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    return client


def settings_of(**changes: str) -> dict[str, str]:
    return {
        "name": "Ada",
        "time_zone": "Europe/Berlin",
        "language": "ar",
        "theme": "dark",
        **changes,
    }


def test_settings_page_saves_and_lets_the_saved_theme_win() -> None:
    person = UserFactory()
    client = sign_in(person)
    client.cookies["cairn_theme"] = "light"
    answer = client.post("/me/settings/", settings_of())
    assert (answer.status_code, answer["Location"]) == (302, "/me/settings/")
    assert answer.cookies["cairn_theme"].value == ""
    person.refresh_from_db()
    assert (person.name, person.time_zone, person.language, person.theme) == (
        "Ada",
        "Europe/Berlin",
        "ar",
        "dark",
    )
    page = client.get("/me/settings/").content.decode()
    assert 'dir="rtl"' in page
    assert 'data-theme="dark"' in page


def test_settings_page_shows_what_is_wrong_and_saves_nothing() -> None:
    person = UserFactory(name="Before")
    answer = sign_in(person).post("/me/settings/", settings_of(time_zone="Mars/Base"))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["time_zone"]
    person.refresh_from_db()
    assert person.name == "Before"


def test_settings_page_refuses_text_that_cannot_be_stored() -> None:  # C4
    answer = sign_in(UserFactory()).post("/me/settings/", settings_of(name="a\x00b"))
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "path",
    [
        "/me/settings/",
        "/me/profile/",
        "/me/tokens/",
        "/me/erase/",
        "/me/export/",
    ],
)
def test_own_pages_ask_to_sign_in(path: str) -> None:
    answer = Client().get(path, follow=True)
    assert answer.redirect_chain[-1][0].startswith("/accounts/login/?next=")


def test_token_page_shows_a_new_token_once() -> None:  # A7
    client = sign_in(UserFactory())
    fields = {"name": "laptop", "access": "read write", "days": "30"}
    page = client.post("/me/tokens/", fields)
    assert page.status_code == 200
    found = re.search(r"cairn_[\w-]{43}", page.content.decode())
    assert found is not None
    assert "no-store" in page["Cache-Control"]
    token = ApiToken.objects.get()
    assert (token.name, token.scopes) == ("laptop", ["read", "write"])
    again = client.get("/me/tokens/").content.decode()
    assert found.group() not in again
    assert "laptop" in again


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": "", "access": "read", "days": "30"}, "name"),
        ({"name": "Signed in by password", "access": "read", "days": "30"}, "name"),
        ({"name": "x", "access": "admin", "days": "30"}, "access"),
        ({"name": "x", "access": "read", "days": "3000"}, "days"),
    ],
)
def test_token_page_names_what_is_wrong(fields: dict[str, str], field: str) -> None:
    page = sign_in(UserFactory()).post("/me/tokens/", fields)
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert not ApiToken.objects.exists()


def test_token_page_revokes_ones_own_alone() -> None:  # Z2
    person = UserFactory()
    client = sign_in(person)
    client.post("/me/tokens/", {"name": "laptop", "access": "read", "days": "7"})
    token = ApiToken.objects.get()
    path = f"/me/tokens/{token.public_id}/revoke/"
    assert sign_in(UserFactory(admin=True)).post(path).status_code == 404
    assert client.get(path).status_code == 405
    assert client.post(path).status_code == 302
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_export_page_gives_an_archive_after_a_recent_password() -> None:  # A9, V2
    person = UserFactory(name="Ada")
    client = sign_in(person)
    assert client.get("/me/export/")["Location"].startswith("/accounts/reauthenticate/")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    answer = client.get("/me/export/")
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"].startswith('attachment; filename="cairn-my-data-')
    body = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert "accounts.user.json" in zipfile.ZipFile(io.BytesIO(body)).namelist()


def test_reauthentication_takes_the_password() -> None:  # A9
    person = UserFactory()
    client = Client()
    client.force_login(person)
    path = "/accounts/reauthenticate/?next=%2Fme%2Fexport%2F"
    wrong = client.post(path, {"password": "wrong"})
    assert wrong.status_code == 200
    right = client.post(path, {"password": PASSWORD})
    assert right["Location"] == "/me/export/"
    assert client.get("/me/export/").status_code == 200


def test_erase_page_asks_for_password_and_consent() -> None:  # A9
    person = UserFactory()
    client = sign_in(person)
    for fields in ({"password": PASSWORD}, {"password": "wrong", "sure": "on"}):
        assert client.post("/me/erase/", fields).status_code == 422
        assert not User.objects.exclude(erased_at=None).exists()
    answer = client.post("/me/erase/", {"password": PASSWORD, "sure": "on"})
    assert answer["Location"] == "/"
    assert User.objects.exclude(erased_at=None).count() == 1
    assert client.get("/api/v1/me/").status_code == 401


def test_erase_page_keeps_the_last_administrator() -> None:
    client = sign_in(UserFactory(admin=True))
    page = client.post("/me/erase/", {"password": PASSWORD, "sure": "on"})
    assert page.status_code == 422
    assert "at least one administrator" in page.content.decode()


def test_language_is_kept_in_the_profile_or_in_a_cookie() -> None:
    person = UserFactory()
    signed = sign_in(person)
    answer = signed.post("/language/", {"language": "ar", "next": "/me/tokens/"})
    assert answer["Location"] == "/me/tokens/"
    person.refresh_from_db()
    assert person.language == "ar"
    visitor = Client()
    visitor.post("/language/", {"language": "ar"})
    assert 'dir="rtl"' in visitor.get("/accounts/login/").content.decode()


def test_language_never_redirects_elsewhere() -> None:  # A10
    client = Client()
    answer = client.post("/language/", {"language": "xx", "next": "//evil.example"})
    assert answer["Location"] == "/"
    assert "django_language" not in answer.cookies


@pytest.mark.parametrize(
    ("zone", "language", "expected"),
    [
        ("Asia/Tokyo", "ar", ("Asia/Tokyo", "ar")),
        ("Mars/Base", "xx", ("UTC", "en")),
        ("../etc", "", ("UTC", "en")),
    ],
)
def test_middleware_activates_the_persons_zone_and_language(
    rf: Any, zone: str, language: str, expected: tuple[str, str]
) -> None:
    from django.http import HttpResponse

    seen: list[tuple[str, str]] = []

    def answer(_request: object) -> HttpResponse:
        seen.append((timezone.get_current_timezone_name(), translation.get_language()))
        return HttpResponse()

    request = rf.get("/")
    request.user = UserFactory(time_zone=zone, language=language)
    PersonMiddleware(answer)(request)
    assert seen == [expected]
    assert (timezone.get_current_timezone_name(), translation.get_language()) == ("UTC", "en")


def test_trial_mail_is_readable_newest_first(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    backend = EmailBackend(file_path=str(tmp_path / "mail"))
    for number in (1, 2):
        body = f"Line {number}\n\nhttp://testserver/somewhere/{number}/ <b>bold</b>"
        EmailMessage(f"Grüße {number}", body, to=["ada@example.org"], connection=backend).send()
    page = Client().get("/trial/mail/").content.decode()
    assert page.index("Grüße 2") < page.index("Grüße 1")
    shown = Client().get("/trial/mail/0/").content.decode()
    assert '<a href="http://testserver/somewhere/1/"' in shown
    assert "&lt;b&gt;bold" in shown
    assert Client().get("/trial/mail/7/").status_code == 404


def test_trial_mail_without_mail_offers_a_way_on(settings: Settings, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    assert "No mail yet" in Client().get("/trial/mail/").content.decode()
