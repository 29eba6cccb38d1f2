import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from accounts.tests.factories import UserFactory
from ai.enums import ProviderKind, Purpose
from ai.gateway.sealing import Unreadable, seal, unseal
from ai.models import AiCall, AllowedAddress, Budget, Provider
from ai.services.connection import (
    ProviderFields,
    allow_address,
    probe_provider,
    reseal_keys,
    save_provider,
)
from ai.services.endpoints import endpoint_of
from ai.tests.fake_model import FakeModel
from lms.kernel import actors
from lms.kernel.actors import Actor
from lms.kernel.errors import Denied, Invalid

pytestmark = [pytest.mark.django_db, pytest.mark.services]
KEY = "sk-very-secret-key"


@pytest.fixture
def admin() -> Actor:
    return actors.for_user(UserFactory(site_role="admin"))


def fields(**changes: object) -> ProviderFields:
    base = {
        "name": "cloud",
        "kind": ProviderKind.OPENAI_COMPATIBLE,
        "base_url": "https://models.example/v1/",
        "key": KEY,
    }
    return ProviderFields(**{**base, **changes})  # type: ignore[arg-type]


def test_a_key_is_sealed_in_the_table_and_opens_for_a_call_alone(admin: Actor) -> None:  # I8
    allow_address(actor=admin, url="https://models.example/")
    row = save_provider(actor=admin, fields=fields())
    with connection.cursor() as cursor:
        cursor.execute("select * from ai_provider")
        assert KEY not in str(cursor.fetchall())
    endpoint = endpoint_of(row, "m")
    assert endpoint is not None
    assert (endpoint.api_key, endpoint.url) == (KEY, "https://models.example/v1")
    assert KEY not in repr(endpoint) + repr(row)


def test_a_key_stays_until_it_is_replaced_and_does_not_follow_to_a_new_address(  # I8
    admin: Actor,
) -> None:
    allow_address(actor=admin, url="https://models.example")
    allow_address(actor=admin, url="https://other.example")
    row = save_provider(actor=admin, fields=fields())
    row = save_provider(actor=admin, provider=row, fields=fields(key=None, timeout=5.0))
    assert row.has_key
    row = save_provider(
        actor=admin, provider=row, fields=fields(key=None, base_url="https://other.example/v1")
    )
    assert not row.has_key
    row = save_provider(actor=admin, provider=row, fields=fields())
    assert not save_provider(actor=admin, provider=row, fields=fields(key="")).has_key


@pytest.mark.parametrize(
    "url",
    [
        "https://models.example.evil.example/v1",
        "https://models.example@evil.example/v1",
        "https://models.example/v1/../../x",
        "https://models.example/v1?to=http://evil.example",
        "http://models.example/v1",
        "https://models.example:8443/v1",
        "file:///etc/passwd",
        "http://169.254.169.254/latest",
        "https://models.ex\u0430mple/v1",
        "https://models.example:port/v1",
        "models.example",
    ],
)
def test_only_allowed_addresses_are_kept(admin: Actor, url: str) -> None:  # I8
    allow_address(actor=admin, url="https://models.example")
    with pytest.raises(Invalid) as refused:
        save_provider(actor=admin, fields=fields(base_url=url))
    assert list(refused.value.errors) == ["base_url"]
    assert not Provider.objects.exists()


def test_admins_alone_connect_models(admin: Actor) -> None:
    teacher = actors.for_user(UserFactory(site_role="instructor"))
    with pytest.raises(Denied):
        allow_address(actor=teacher, url="https://models.example")
    allow_address(actor=admin, url="https://models.example")
    with pytest.raises(Denied):
        save_provider(actor=teacher, fields=fields())


def test_keys_survive_a_new_secret_and_are_sealed_again_by_command(
    admin: Actor, settings: Settings
) -> None:
    allow_address(actor=admin, url="https://models.example")
    row = save_provider(actor=admin, fields=fields())
    old = settings.SECRET_KEY
    settings.SECRET_KEY = "n" * 50
    assert endpoint_of(row, "m") is None
    settings.SECRET_KEY_FALLBACKS = [old]
    found = endpoint_of(row, "m")
    assert found is not None
    assert found.api_key == KEY
    assert reseal_keys(actor=admin) == (1, [])
    call_command("ai_keys")
    settings.SECRET_KEY_FALLBACKS = []
    row.refresh_from_db()
    assert endpoint_of(row, "m") is not None
    settings.SECRET_KEY = "o" * 50
    assert reseal_keys(actor=admin) == (0, ["cloud"])
    with pytest.raises(CommandError, match="enter them again: cloud"):
        call_command("ai_keys")


def test_what_was_sealed_elsewhere_does_not_open() -> None:
    token = seal("x", ["a" * 50])
    assert unseal(token, ["b" * 50, "a" * 50]) == "x"
    with pytest.raises(Unreadable):
        unseal(token, ["b" * 50])


def test_a_probe_tells_what_an_endpoint_can_and_is_booked(model: FakeModel, admin: Actor) -> None:
    allow_address(actor=admin, url=model.url)
    row = save_provider(actor=admin, fields=fields(base_url=model.url))
    model.replies = [{"colour": "red"}]
    found = probe_provider(actor=admin, provider=row, model="m")
    assert found.able == {
        "schema": True,
        "stream_usage": True,
        "tools": False,
        "embeddings": False,
    }
    row.refresh_from_db()
    assert row.found == found.able
    call = AiCall.objects.get()
    assert (call.purpose, call.outcome) == (Purpose.PROBE, "answered")
    model.replies, model.usage = [{"colour": "purple"}], "never"
    assert probe_provider(actor=admin, provider=row, model="m").able["schema"] is False


def test_a_probe_of_nobody_says_so(admin: Actor) -> None:
    allow_address(actor=admin, url="http://127.0.0.1:9")
    row = save_provider(actor=admin, fields=fields(base_url="http://127.0.0.1:9/v1", timeout=3.0))
    found = probe_provider(actor=admin, provider=row, model="m")
    assert found.able == {"schema": None}
    assert found.problem == "The AI endpoint cannot be reached."


@pytest.fixture
def browser(client: Client, admin: Actor) -> Client:
    client.force_login(User.objects.get(pk=admin.user_id or 0))
    return client


def test_the_admin_keeps_a_provider_and_never_shows_its_key(browser: Client) -> None:  # I8
    add = "/admin/ai/provider/add/"
    sent = {
        "name": "cloud",
        "kind": "openai_compatible",
        "base_url": "https://models.example/v1",
        "key": KEY,
        "timeout": "60",
        "active": "on",
    }
    refused = browser.post(add, sent)
    assert "This address is not allowed." in refused.content.decode()
    assert KEY not in refused.content.decode()
    browser.post("/admin/ai/allowedaddress/add/", {"url": "https://models.example"})
    assert AllowedAddress.objects.get().url == "https://models.example"
    assert browser.post(add, sent).status_code == 302
    row = Provider.objects.get()
    assert row.has_key
    for page in (f"/admin/ai/provider/{row.pk}/change/", "/admin/ai/provider/"):
        text = browser.get(page).content.decode()
        assert "cloud" in text
        assert KEY not in text
        assert row.sealed_key not in text
    changed = browser.post(f"/admin/ai/provider/{row.pk}/change/", {**sent, "key": ""})
    assert changed.status_code == 302
    row.refresh_from_db()
    assert row.has_key


def test_the_admin_refuses_a_budget_that_does_not_fit_its_scope(browser: Client) -> None:
    sent = {"scope": "site", "period": "day", "role": "learner", "tokens": "5"}
    page = browser.post("/admin/ai/budget/add/", sent).content.decode()
    assert "This does not go with what the budget is for." in page
    assert not Budget.objects.exists()
    assert browser.post("/admin/ai/budget/add/", {**sent, "role": ""}).status_code == 302
    assert Budget.objects.get().tokens == 5
