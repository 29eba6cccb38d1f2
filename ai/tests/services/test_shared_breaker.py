"""What one process learned about an endpoint holds for the others, while there is a cache."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from pytest_django.fixtures import Settings

from ai.gateway.breaker import FAILURES
from ai.services.shared_breaker import SharedBreaker

NAME = "a provider: with spaces"


@pytest.fixture
def two(settings: Settings) -> Iterator[tuple[SharedBreaker, SharedBreaker]]:
    """Two processes as far as a breaker knows."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    yield SharedBreaker(), SharedBreaker()
    cache.clear()


def test_the_third_failure_in_one_process_stops_the_others(
    two: tuple[SharedBreaker, SharedBreaker],
) -> None:
    here, there = two
    for _ in range(FAILURES - 1):
        here.failed(NAME)
    assert there.allows(NAME)
    here.failed(NAME)
    assert not here.allows(NAME)
    assert not there.allows(NAME)
    assert there.allows("another")


def test_a_success_opens_the_way_for_all(two: tuple[SharedBreaker, SharedBreaker]) -> None:
    here, there = two
    for _ in range(FAILURES):
        here.failed(NAME)
    here.succeeded(NAME)
    assert here.allows(NAME)
    assert there.allows(NAME)


def test_without_a_cache_each_process_knows_for_itself(settings: Settings) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "lms.kernel.db.cache.OpenRedisCache",
            "LOCATION": "redis://127.0.0.1:9/0",
            "OPTIONS": {"socket_connect_timeout": 0.1},
        }
    }
    here, there = SharedBreaker(), SharedBreaker()
    for _ in range(FAILURES):
        here.failed(NAME)
    assert not here.allows(NAME)
    assert there.allows(NAME)
    here.forget()
    assert here.allows(NAME)
