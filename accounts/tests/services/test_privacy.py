import io
import json
import zipfile
from importlib import import_module
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.conf import settings as django_settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from pytest_django.fixtures import DjangoCaptureOnCommitCallbacks, Settings

from accounts.models import ApiToken, User
from accounts.services.privacy import erase_person, export_person
from accounts.services.tokens import issue_token, read_token
from accounts.tests.factories import PASSWORD, UserFactory
from lms.kernel import actors
from lms.kernel.errors import Conflict, NotFound
from lms.kernel.models import EventRecord, Job

pytestmark = pytest.mark.django_db
MARKER = "zyxmarker"


def marked_person() -> User:
    """A person whose name and address hold a word found nowhere else, with rows in many tables."""
    person = UserFactory(email=f"{MARKER}@example.org", name=f"Ada {MARKER}")
    actor = actors.for_user(person)
    issue_token(actor=actor, person=person, name=f"of {MARKER}", scopes=frozenset({"read"}), days=9)
    Job.objects.create(kind="kernel.none", created_by_id=person.pk)
    LogEntry.objects.create(
        user=UserFactory(admin=True),
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(person.pk),
        object_repr=str(person),
        action_flag=CHANGE,
    )
    client = Client()
    client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
    return person


def cells_with_marker() -> list[str]:
    """Every table and column in which the marker stands, sessions decoded."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                cells = zip(names, row, strict=True)
                found += [f"{table}.{name}" for name, value in cells if MARKER in str(value)]
    found += ["session" for s in Session.objects.all() if MARKER in str(s.get_decoded())]
    return sorted(set(found))


def read_export(person: User) -> dict[str, list[dict[str, object]]]:
    with export_person(actor=actors.for_user(person), person=person) as out:
        archive = zipfile.ZipFile(io.BytesIO(out.read()))
    return {
        name.removesuffix(".json"): json.loads(archive.read(name))
        for name in archive.namelist()
        if name.endswith(".json")
    }


def test_export_holds_every_exported_table_of_the_person() -> None:  # V2
    person = marked_person()
    told = read_export(person)
    assert told["accounts.user"][0]["email"] == person.email
    assert told["account.emailaddress"][0]["email"] == person.email
    assert told["accounts.apitoken"][0]["name"] == f"of {MARKER}"
    assert [row["id"] for row in told["kernel.job"]] == [Job.objects.get().pk]
    assert EventRecord.objects.filter(kind="accounts.person_exported").count() == 1


def test_export_hides_hashes_and_other_people() -> None:  # P3
    person, other = marked_person(), UserFactory(email="someone@else.example")
    told = read_export(person)
    assert "password" not in told["accounts.user"][0]
    assert "digest" not in told["accounts.apitoken"][0]
    assert other.email not in json.dumps(told)
    assert len(told["accounts.user"]) == 1


def test_export_of_somebody_else_is_not_found() -> None:
    with pytest.raises(NotFound):
        export_person(actor=actors.for_user(UserFactory(admin=True)), person=UserFactory())


def test_erasure_leaves_the_marker_nowhere() -> None:  # V2
    person = marked_person()
    assert {"accounts_user.name", "account_emailaddress.email", "accounts_apitoken.name"} <= set(
        cells_with_marker()
    )
    erase_person(actor=actors.for_user(person), person=person)
    assert cells_with_marker() == []


def test_erasure_keeps_a_nameless_row_and_ends_access() -> None:  # V2, A3
    person = UserFactory()
    issued = issue_token(
        actor=actors.for_user(person),
        person=person,
        name="laptop",
        scopes=frozenset({"read"}),
        days=9,
    )
    client = Client()
    client.force_login(person)
    session_key = client.session.session_key
    erase_person(actor=actors.for_user(person), person=person)
    row = User.objects.get(pk=person.pk)
    assert (row.email, row.name, row.is_active) == (f"erased-{row.pk}@erased.invalid", "", False)
    assert row.display_name == "Former member"
    assert not row.has_usable_password()
    assert read_token(issued.text) is None
    assert ApiToken.objects.count() == EmailAddress.objects.count() == 0
    assert not Session.objects.filter(session_key=session_key).exists()
    store = import_module(django_settings.SESSION_ENGINE).SessionStore(session_key)
    assert store.get("_auth_user_id") is None
    told = EventRecord.objects.get(kind="accounts.person_erased")
    assert (told.actor_id, told.data["person_id"]) == (None, person.pk)


def test_erasure_anonymises_events_and_jobs() -> None:
    person = marked_person()
    assert EventRecord.objects.filter(actor_id=person.pk).exists()
    erase_person(actor=actors.for_user(person), person=person)
    assert not EventRecord.objects.filter(actor_id=person.pk).exists()
    assert Job.objects.get().created_by_id is None


def test_erasure_by_an_administrator_names_them() -> None:
    admin, person = UserFactory(admin=True), UserFactory()
    erase_person(actor=actors.for_user(admin), person=person)
    erase_person(actor=actors.for_user(admin), person=person)
    assert EventRecord.objects.get(kind="accounts.person_erased").actor_id == admin.pk


def test_erasure_is_refused_to_others_and_to_the_last_administrator() -> None:
    person, only = UserFactory(), UserFactory(admin=True)
    with pytest.raises(NotFound):
        erase_person(actor=actors.for_user(UserFactory(instructor=True)), person=person)
    with pytest.raises(Conflict):
        erase_person(actor=actors.for_user(only), person=only)
    assert set(User.objects.values_list("erased_at", flat=True)) == {None}


def test_erasure_removes_the_trials_mail_about_the_person(
    settings: Settings,
    tmp_path: Path,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:  # V2
    settings.TRIAL, settings.DATA_DIR = True, tmp_path
    mail = tmp_path / "mail"
    mail.mkdir()
    (mail / "a.log").write_text(f"To: {MARKER}@example.org\n")
    (mail / "b.log").write_text("To: other@example.org\n")
    person = UserFactory(email=f"{MARKER}@example.org")
    with django_capture_on_commit_callbacks(execute=True):
        erase_person(actor=actors.for_user(person), person=person)
    assert [path.name for path in mail.iterdir()] == ["b.log"]


def test_every_entry_of_a_foreign_table_names_a_table() -> None:
    from accounts.apps import FOREIGN

    for label in FOREIGN:
        assert apps.get_model(label)
