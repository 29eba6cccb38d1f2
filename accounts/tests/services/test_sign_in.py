from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from accounts.errors import AddressUnconfirmed, BadCredentials, SecondFactorRequired
from accounts.services import sign_in
from accounts.services.sign_in import begin_attempt, check_credentials, confirm_password
from accounts.tests.factories import PASSWORD, UserFactory
from lms.kernel.db.cache import CacheAway, OpenRedisCache
from lms.kernel.errors import Throttled

NOW = datetime(2026, 3, 1, 12, 0, 30, tzinfo=UTC)
HERE = "10.0.0.1"

pytestmark = pytest.mark.django_db


def test_check_credentials_finds_the_person_whatever_the_case_of_the_address() -> None:
    person = UserFactory(email="ada@example.org")
    found = check_credentials(email=" Ada@Example.ORG ", password=PASSWORD, address=HERE)
    assert found == person


@pytest.mark.parametrize("case", ["unknown", "wrong", "inactive"])
def test_check_credentials_answers_all_failures_alike(case: str) -> None:  # A6
    person = UserFactory(is_active=case != "inactive")
    email = "nobody@example.org" if case == "unknown" else person.email
    password = "not the password" if case == "wrong" else PASSWORD
    with pytest.raises(BadCredentials) as refused:
        check_credentials(email=email, password=password, address=HERE)
    assert refused.value.detail == "The e-mail address or the password is not right."
    assert (refused.value.status, refused.value.code) == (401, "bad_credentials")


@pytest.mark.parametrize("known", ["known", "unknown"])
def test_check_credentials_hashes_once_for_known_and_unknown_alike(
    known: str, monkeypatch: pytest.MonkeyPatch
) -> None:  # A6
    from django.contrib.auth.hashers import MD5PasswordHasher

    person = UserFactory()
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def noted(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return str(encode(self, password, salt))

    monkeypatch.setattr(MD5PasswordHasher, "encode", noted)
    email = person.email if known == "known" else "nobody@example.org"
    with pytest.raises(BadCredentials):
        check_credentials(email=email, password="not the password", address=HERE)
    assert hashed == ["not the password"]


@pytest.mark.parametrize("known", ["known", "unknown"])
def test_tenth_failure_of_an_account_is_the_last_that_is_compared(known: str) -> None:  # A5
    person = UserFactory()
    email = person.email if known == "known" else "nobody@example.org"
    with time_machine.travel(NOW, tick=False) as now:
        for number in range(10):
            with pytest.raises(BadCredentials):
                check_credentials(email=email, password="wrong", address=f"10.0.0.{number}")
        with pytest.raises(Throttled) as refused:
            check_credentials(email=email, password=PASSWORD, address="10.0.1.1")
        assert refused.value.retry_after == 870
        now.shift(timedelta(seconds=870))
        with pytest.raises(BadCredentials):
            check_credentials(email=email, password="wrong", address=HERE)


def test_thirtieth_failure_from_an_address_is_the_last_that_is_compared() -> None:  # A5
    person = UserFactory()
    with time_machine.travel(NOW, tick=False):
        for number in range(30):
            with pytest.raises(BadCredentials):
                check_credentials(email=f"n{number}@example.org", password="x", address=HERE)
        with pytest.raises(Throttled):
            check_credentials(email=person.email, password=PASSWORD, address=HERE)
        assert check_credentials(email=person.email, password=PASSWORD, address="10.9.9.9")


def test_a_cache_that_stalls_now_and_then_lets_no_more_tries_through(
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # A5
    turns = iter(range(100))
    count_hit = OpenRedisCache.count_hit

    def stalling(cache: OpenRedisCache, key: str, seconds: int) -> int:
        if next(turns) // 2 % 2:
            raise CacheAway
        return count_hit(cache, key, seconds)

    monkeypatch.setattr(OpenRedisCache, "count_hit", stalling)
    with time_machine.travel(NOW, tick=False):
        for number in range(30):
            begin_attempt(email=f"s{number}@example.org", address="10.3.3.3")
        with pytest.raises(Throttled):
            begin_attempt(email="s30@example.org", address="10.3.3.3")


def test_success_does_not_count_towards_the_limits() -> None:  # A5: a class behind one address
    person = UserFactory()
    with time_machine.travel(NOW, tick=False):
        for _ in range(40):
            found = check_credentials(email=person.email, password=PASSWORD, address=HERE)
            assert found == person


def test_take_back_never_counts_below_nothing() -> None:
    with time_machine.travel(NOW, tick=False) as now:
        attempt = begin_attempt(email="a@example.org", address=HERE)
        now.shift(timedelta(minutes=15))
        attempt.take_back()
        for _ in range(10):
            begin_attempt(email="a@example.org", address=HERE)
        with pytest.raises(Throttled):
            begin_attempt(email="a@example.org", address=HERE)


def test_check_credentials_needs_a_confirmed_address() -> None:
    person = UserFactory(unconfirmed=True)
    with pytest.raises(AddressUnconfirmed) as refused:
        check_credentials(email=person.email, password=PASSWORD, address=HERE)
    assert refused.value.code == "email_unconfirmed"


def test_check_credentials_stops_at_a_second_factor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "_second_factors", [])
    person, other = UserFactory(), UserFactory()
    sign_in.ask_second_factor(lambda asked: asked == person)
    with pytest.raises(SecondFactorRequired) as refused:
        check_credentials(email=person.email, password=PASSWORD, address=HERE)
    assert (refused.value.status, refused.value.code) == (403, "mfa_required")
    assert check_credentials(email=other.email, password=PASSWORD, address=HERE) == other


def test_confirm_password_shares_the_limit_of_the_account() -> None:  # A5, A9
    person = UserFactory()
    with time_machine.travel(NOW, tick=False):
        confirm_password(person=person, password=PASSWORD, address=HERE)
        for _ in range(10):
            with pytest.raises(BadCredentials):
                confirm_password(person=person, password="wrong", address=HERE)
        with pytest.raises(Throttled):
            check_credentials(email=person.email, password=PASSWORD, address="10.0.0.2")
