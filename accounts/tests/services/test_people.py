from collections.abc import Callable

import pytest
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks

from accounts.enums import SiteRole
from accounts.models import ApiToken, User
from accounts.services import people
from accounts.services.tokens import issue_token
from accounts.tests.factories import UserFactory
from lms.kernel import actors, push
from lms.kernel.actors import Actor
from lms.kernel.errors import Conflict, Denied, Invalid, NotFound, SignInRequired
from lms.kernel.models import EventRecord

pytestmark = pytest.mark.django_db
NEW = "another long phrase"


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """Orders to close somebody's sockets, as the hub gets them."""
    orders: list[tuple[int, int]] = []
    monkeypatch.setattr(push, "close_person", lambda person, code: orders.append((person, code)))
    return orders


def with_token(person: User) -> ApiToken:
    issued = issue_token(
        actor=actors.for_user(person),
        person=person,
        name="laptop",
        scopes=frozenset({"read"}),
        days=1,
    )
    return issued.token


def test_edit_profile_changes_what_is_given_and_nothing_else() -> None:
    person = UserFactory(name="Ada")
    actor = actors.for_user(person)
    people.edit_profile(actor=actor, person=person, time_zone="Europe/Berlin", theme="dark")
    people.edit_profile(actor=actor, person=person, name="  Ada Lovelace ")
    person.refresh_from_db()
    assert (person.name, person.time_zone, person.theme) == (
        "Ada Lovelace",
        "Europe/Berlin",
        "dark",
    )
    assert (person.language, person.site_role) == ("en", "student")


@pytest.mark.parametrize(
    "wrong",
    [
        {"time_zone": "Mars/Base"},
        {"time_zone": "../../etc/passwd"},
        {"language": "tlh"},
        {"theme": "pink"},
        {"name": "x" * 151},
    ],
)
def test_edit_profile_refuses_and_names_the_field(wrong: dict[str, str]) -> None:
    person = UserFactory(name="Ada")
    with pytest.raises(Invalid) as refused:
        people.edit_profile(actor=actors.for_user(person), person=person, **wrong)
    assert list(refused.value.errors) == list(wrong)
    person.refresh_from_db()
    assert person.name == "Ada"


def test_edit_profile_refuses_text_that_cannot_be_stored() -> None:  # C4
    person = UserFactory()
    with pytest.raises(Invalid):
        people.edit_profile(actor=actors.for_user(person), person=person, name="a\x00b")


@pytest.mark.parametrize("who", ["other", "admin", "anonymous", "read token"])
def test_edit_profile_is_for_oneself(who: str) -> None:
    person = UserFactory(name="Ada")
    cases: dict[str, tuple[Actor, type[Exception]]] = {
        "other": (actors.for_user(UserFactory()), NotFound),
        "admin": (actors.for_user(UserFactory(admin=True)), NotFound),
        "anonymous": (actors.ANONYMOUS, SignInRequired),
        "read token": (actors.for_token(person, frozenset({"read"})), Denied),
    }
    actor, error = cases[who]
    with pytest.raises(error):
        people.edit_profile(actor=actor, person=person, name="Eve")
    person.refresh_from_db()
    assert person.name == "Ada"


def test_set_password_ends_tokens_sockets_and_sessions(
    closed: list[tuple[int, int]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:  # A3
    person = UserFactory()
    token, before = with_token(person), person.get_session_auth_hash()
    with django_capture_on_commit_callbacks(execute=True):
        people.set_password(actor=actors.for_user(person), person=person, password=NEW)
    person.refresh_from_db()
    token.refresh_from_db()
    assert person.check_password(NEW)
    assert person.get_session_auth_hash() != before
    assert token.revoked_at is not None
    assert closed == [(person.pk, 4401)]
    told = EventRecord.objects.get(kind="accounts.password_changed")
    assert told.data == {"person_id": person.pk, "course_id": None}


def test_change_site_role_ends_access_and_tells(
    closed: list[tuple[int, int]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:  # A2, A3
    admin = actors.for_user(UserFactory(admin=True))
    person = UserFactory(instructor=True)
    token, before = with_token(person), person.get_session_auth_hash()
    with django_capture_on_commit_callbacks(execute=True):
        people.change_site_role(actor=admin, person=person, role=SiteRole.STUDENT)
    person.refresh_from_db()
    token.refresh_from_db()
    assert person.site_role == "student"
    assert person.get_session_auth_hash() != before
    assert token.revoked_at is not None
    assert closed == [(person.pk, 4401)]
    told = EventRecord.objects.get(kind="accounts.site_role_changed")
    assert told.data == {
        "person_id": person.pk,
        "before": "instructor",
        "after": "student",
        "course_id": None,
    }


def test_change_site_role_to_the_same_role_does_nothing() -> None:
    admin = actors.for_user(UserFactory(admin=True))
    person = UserFactory()
    token = with_token(person)
    people.change_site_role(actor=admin, person=person, role=SiteRole.STUDENT)
    token.refresh_from_db()
    assert token.revoked_at is None
    assert not EventRecord.objects.filter(kind="accounts.site_role_changed").exists()


@pytest.mark.parametrize("who", ["student", "instructor"])
@pytest.mark.parametrize("verb", ["role", "deactivate", "reactivate"])
def test_only_administrators_change_roles_and_accounts(who: str, verb: str) -> None:
    actor = actors.for_user(UserFactory(instructor=who == "instructor"))
    person = UserFactory(is_active=verb != "reactivate")
    verbs: dict[str, Callable[[], object]] = {
        "role": lambda: people.change_site_role(actor=actor, person=person, role=SiteRole.ADMIN),
        "deactivate": lambda: people.deactivate_person(actor=actor, person=person),
        "reactivate": lambda: people.reactivate_person(actor=actor, person=person),
    }
    with pytest.raises(NotFound):
        verbs[verb]()
    found = User.objects.get(pk=person.pk)
    assert (found.site_role, found.is_active) == ("student", verb != "reactivate")


def test_site_keeps_one_administrator() -> None:
    only = UserFactory(admin=True)
    UserFactory(admin=True, inactive=True)
    actor = actors.for_user(only)
    with pytest.raises(Conflict) as refused:
        people.change_site_role(actor=actor, person=only, role=SiteRole.STUDENT)
    assert refused.value.code == "last_admin"
    with pytest.raises(Conflict):
        people.deactivate_person(actor=actor, person=only)
    UserFactory(admin=True)
    people.deactivate_person(actor=actor, person=only)
    only.refresh_from_db()
    assert only.is_active is False


def test_deactivate_and_reactivate_person_tell_once_each() -> None:  # A3
    admin = actors.for_user(UserFactory(admin=True))
    person = UserFactory()
    token = with_token(person)
    for _ in range(2):
        people.deactivate_person(actor=admin, person=person)
    token.refresh_from_db()
    assert token.revoked_at is not None
    assert actors.for_user(User.objects.get(pk=person.pk)) == actors.ANONYMOUS
    for _ in range(2):
        people.reactivate_person(actor=admin, person=person)
    person.refresh_from_db()
    assert person.is_active is True
    kinds = EventRecord.objects.order_by("pk").values_list("kind", flat=True)
    assert [kind for kind in kinds if "activated" in kind] == [
        "accounts.person_deactivated",
        "accounts.person_reactivated",
    ]
