import hashlib
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.models import ApiToken, User
from accounts.queries.tokens import live_tokens, own_token
from accounts.services import tokens
from accounts.services.tokens import issue_token, read_token, revoke_token
from accounts.tests.factories import PASSWORD, UserFactory
from lms.kernel import actors
from lms.kernel.errors import Conflict, Denied, Invalid, NotFound
from lms.kernel.models import EventRecord

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
READ = frozenset({"read"})
BOTH = frozenset({"read", "write"})

pytestmark = pytest.mark.django_db


def issue(person: User, **changes: object) -> tokens.Issued:
    fields = {"name": "laptop", "scopes": BOTH, "days": 30, **changes}
    return issue_token(actor=actors.for_user(person), person=person, **fields)  # type: ignore[arg-type]


def test_issue_token_keeps_a_hash_and_shows_256_bits_once() -> None:  # A7
    person = UserFactory()
    with time_machine.travel(NOW, tick=False):
        issued = issue(person)
    assert issued.text.startswith("cairn_")
    assert len(issued.text) == 6 + 43  # 32 bytes in base64
    row = ApiToken.objects.get()
    assert row.digest == hashlib.sha256(issued.text.encode()).hexdigest()
    assert row.prefix == issued.text[:12]
    assert row.scopes == ["read", "write"]
    assert row.expires_at == NOW + timedelta(days=30)
    assert issued.text not in str(list(ApiToken.objects.values()))
    told = EventRecord.objects.get(kind="accounts.token_issued")
    assert told.data == {"token_id": row.pk, "person_id": person.pk, "course_id": None}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", " "),
        ("name", "x" * 101),
        ("name", tokens.SIGN_IN_NAME),
        ("scopes", frozenset()),
        ("scopes", frozenset({"write"})),
        ("scopes", frozenset({"read", "admin"})),
        ("days", 0),
        ("days", 366),
    ],
)
def test_issue_token_refuses_and_names_the_field(field: str, value: object) -> None:
    with pytest.raises(Invalid) as refused:
        issue(UserFactory(), **{field: value})
    assert list(refused.value.errors) == [field]
    assert ApiToken.objects.count() == 0


def test_issue_token_refuses_a_token() -> None:
    person = UserFactory()
    actor = actors.for_token(person, BOTH)
    with pytest.raises(Denied) as refused:
        issue_token(actor=actor, person=person, name="x", scopes=READ, days=1)
    assert refused.value.code == "session_required"


def test_issue_token_for_somebody_else_is_not_found() -> None:  # Z2
    actor = actors.for_user(UserFactory(admin=True))
    with pytest.raises(NotFound):
        issue_token(actor=actor, person=UserFactory(), name="x", scopes=READ, days=1)


def test_issue_token_stops_at_fifty_live_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "MAX_LIVE", 2)
    person = UserFactory()
    first = issue(person)
    issue(person)
    with pytest.raises(Conflict) as refused:
        issue(person)
    assert refused.value.code == "too_many_tokens"
    revoke_token(actor=actors.for_user(person), token=first.token)
    issue(person)
    assert live_tokens(actors.for_user(person)).count() == 2


def test_read_token_gives_person_and_scopes_until_it_ends() -> None:
    person = UserFactory()
    with time_machine.travel(NOW, tick=False) as now:
        issued = issue(person, scopes=READ, days=1)
        assert read_token(issued.text) == (person, READ, f"token:{issued.token.pk}")
        assert read_token(issued.text + "x") is None
        now.shift(timedelta(days=1))
        assert read_token(issued.text) is None


def test_read_token_refuses_revoked_and_inactive() -> None:  # A3
    person = UserFactory()
    issued, other = issue(person), issue(person)
    revoke_token(actor=actors.for_user(person), token=issued.token)
    assert read_token(issued.text) is None
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert read_token(other.text) is None


def test_read_token_notes_its_use_once_a_minute(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    issued = issue(UserFactory())
    with time_machine.travel(NOW, tick=False) as now:
        with django_assert_num_queries(2):
            read_token(issued.text)
        assert ApiToken.objects.get().last_used_at == NOW
        now.shift(timedelta(seconds=59))
        with django_assert_num_queries(1):
            read_token(issued.text)
        now.shift(timedelta(seconds=1))
        read_token(issued.text)
        assert ApiToken.objects.get().last_used_at == NOW + timedelta(seconds=60)


def test_revoke_token_twice_tells_once() -> None:
    person = UserFactory()
    token = issue(person).token
    for _ in range(2):
        revoke_token(actor=actors.for_user(person), token=token)
    assert EventRecord.objects.filter(kind="accounts.token_revoked").count() == 1


def test_revoke_token_of_somebody_else_is_not_found_even_for_admins() -> None:
    token = issue(UserFactory()).token
    with pytest.raises(NotFound):
        revoke_token(actor=actors.for_user(UserFactory(admin=True)), token=token)
    token.refresh_from_db()
    assert token.revoked_at is None


def test_revoke_token_needs_the_write_scope() -> None:
    person = UserFactory()
    token = issue(person).token
    with pytest.raises(Denied):
        revoke_token(actor=actors.for_token(person, READ), token=token)


def test_sign_in_for_token_revokes_the_oldest_of_too_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tokens, "MAX_SIGN_INS", 2)
    person = UserFactory()
    kept = issue(person)
    texts = [
        tokens.sign_in_for_token(email=person.email, password=PASSWORD, address="10.0.0.1").text
        for _ in range(3)
    ]
    assert [read_token(text) is not None for text in texts] == [False, True, True]
    assert read_token(kept.text) is not None


def test_own_token_finds_only_ones_own_live_tokens() -> None:
    person, other = UserFactory(), UserFactory()
    token = issue(person).token
    assert own_token(actors.for_user(person), token.public_id) == token
    with pytest.raises(NotFound):
        own_token(actors.for_user(other), token.public_id)
    revoke_token(actor=actors.for_user(person), token=token)
    with pytest.raises(NotFound):
        own_token(actors.for_user(person), token.public_id)


def test_forget_dead_tokens_keeps_those_that_ended_lately() -> None:  # V3
    person = UserFactory()
    with time_machine.travel(NOW, tick=False) as now:
        issue(person, days=1)
        issue(person, days=40)
        now.shift(timedelta(days=20))
        assert tokens.forget_dead_tokens() == 0
        now.shift(timedelta(days=12))
        assert tokens.forget_dead_tokens() == 1
    assert ApiToken.objects.count() == 1
