import pytest
from django.contrib import admin
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from accounts.models import ApiToken, User
from accounts.services.tokens import issue_token
from accounts.tests.factories import UserFactory
from lms.kernel import actors
from lms.kernel.models import EventRecord
from lms.kernel.privacy import data_map

pytestmark = pytest.mark.django_db
PEOPLE = "/admin/accounts/user/"


def client_of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def as_admin() -> Client:
    return client_of(UserFactory(admin=True))


def act(client: Client, action: str, *people: User) -> None:
    keys = [str(person.pk) for person in people]
    answer = client.post(PEOPLE, {"action": action, "_selected_action": keys})
    assert answer.status_code == 302


@pytest.mark.parametrize("who", ["student", "instructor"])
def test_admin_is_for_administrators(who: str) -> None:
    client = client_of(UserFactory(instructor=who == "instructor"))
    assert client.get(PEOPLE, follow=True).status_code == 403
    assert client.get("/admin/", follow=True).status_code == 403


def test_admin_signs_in_by_the_sites_own_page() -> None:  # A5
    answer = Client().get(PEOPLE, follow=True)
    assert answer.redirect_chain[-1] == ("/accounts/login/?next=%2Fadmin%2Faccounts%2Fuser%2F", 302)
    assert Client().post("/admin/login/", {"username": "a", "password": "b"}).status_code == 302


def test_signed_in_administrator_is_sent_on_from_the_admins_login(as_admin: Client) -> None:
    assert as_admin.get("/admin/login/")["Location"] == "/admin/"


# What two people tell each other is nobody else's, an administrator's neither.
PRIVATE = {
    *("realtime.Conversation", "realtime.ConversationMember"),
    *("realtime.DirectMessage", "realtime.PersonBlock"),
}
SHOWN = [model for model in data_map() if model is not Session and model._meta.label not in PRIVATE]
# What administrators set, through services.
SETTINGS = {
    *("ai.Profile", "ai.Price", "ai.Budget", "ai.AiSite", "ai.AllowedAddress", "ai.Provider")
}


def test_keys_of_sessions_are_shown_nowhere(as_admin: Client) -> None:  # A2
    key = as_admin.session.session_key
    assert key is not None
    assert not admin.site.is_registered(Session)
    assert as_admin.get("/admin/sessions/session/").status_code == 404
    assert key not in as_admin.get("/admin/").content.decode()


@pytest.mark.parametrize("model", SHOWN, ids=lambda m: m._meta.label)
def test_every_table_can_be_looked_at(as_admin: Client, model: type) -> None:
    path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")  # type: ignore[attr-defined]
    page = as_admin.get(path)
    assert page.status_code == 200
    assert ("/add/" in page.content.decode()) == (model._meta.label in SETTINGS)  # type: ignore[attr-defined]


@pytest.mark.parametrize("label", sorted(PRIVATE))
def test_what_is_between_two_people_is_shown_to_nobody(as_admin: Client, label: str) -> None:
    name = label.lower().replace(".", "_")
    assert as_admin.get(reverse(f"admin:{name}_changelist")).status_code == 403


def test_no_table_but_settings_can_be_written(as_admin: Client) -> None:
    for model, registered in admin.site._registry.items():
        if model._meta.label in SETTINGS:
            assert type(registered).save_model is not admin.ModelAdmin.save_model, model
            continue
        request = as_admin.get("/admin/").wsgi_request
        allowed = [
            registered.has_add_permission(request),
            registered.has_change_permission(request),
            registered.has_delete_permission(request),
        ]
        assert allowed == [False, False, False], model


def test_hashes_are_shown_nowhere(as_admin: Client) -> None:
    person = UserFactory()
    issue_token(
        actor=actors.for_user(person),
        person=person,
        name="laptop",
        scopes=frozenset({"read"}),
        days=1,
    )
    token = ApiToken.objects.get()
    one = as_admin.get(f"/admin/accounts/apitoken/{token.pk}/change/").content.decode()
    assert token.prefix in one
    assert token.digest not in one
    shown = as_admin.get(f"{PEOPLE}{person.pk}/change/").content.decode()
    assert person.email in shown
    assert person.password not in shown


def test_an_action_makes_analysts(as_admin: Client) -> None:
    person = UserFactory()
    act(as_admin, "make_analyst", person)
    person.refresh_from_db()
    assert (person.site_role, person.is_staff, person.may_teach) == ("analyst", False, False)


def test_actions_change_people_through_services(as_admin: Client) -> None:
    person = UserFactory()
    act(as_admin, "make_instructor", person)
    person.refresh_from_db()
    assert person.site_role == "instructor"
    act(as_admin, "deactivate", person)
    person.refresh_from_db()
    assert person.is_active is False
    act(as_admin, "reactivate", person)
    act(as_admin, "make_administrator", person)
    act(as_admin, "make_student", person)
    act(as_admin, "erase", person)
    person.refresh_from_db()
    assert person.erased_at is not None
    kinds = list(EventRecord.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == [
        "accounts.site_role_changed",
        "accounts.person_deactivated",
        "accounts.person_reactivated",
        "accounts.site_role_changed",
        "accounts.site_role_changed",
        "accounts.person_erased",
    ]


def test_action_tells_what_could_not_be_done_and_goes_on() -> None:
    only, person = UserFactory(admin=True), UserFactory()
    client = client_of(only)
    answer = client.post(
        PEOPLE,
        {"action": "deactivate", "_selected_action": [str(only.pk), str(person.pk)]},
        follow=True,
    )
    page = answer.content.decode()
    assert "The site needs at least one administrator." in page
    assert "1 person changed." in page
    only.refresh_from_db()
    person.refresh_from_db()
    assert (only.is_active, person.is_active) == (True, False)


def test_policy_is_relaxed_for_the_admin_alone(as_admin: Client) -> None:  # C2
    inside = as_admin.get("/admin/")["Content-Security-Policy"]
    outside = as_admin.get("/me/settings/")["Content-Security-Policy"]
    assert "'unsafe-eval'" in inside
    assert "'unsafe-inline'" in inside
    assert "unsafe" not in outside
    assert "data:" not in outside
