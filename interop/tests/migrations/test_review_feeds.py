"""An address of reviews that a calendar program has goes on working, and goes back as well."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client

from accounts.tests.factories import UserFactory
from interop.models import CalendarFeed
from interop.services.feed import digest_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]
BEFORE = [("interop", "0001_initial"), ("analytics", "0014_flashcards")]


def migrate(targets: list[tuple[str, str]]) -> Any:
    """The apps as they were when these migrations were the last ones."""
    executor = MigrationExecutor(connection)
    executor.migrate(targets)
    return MigrationExecutor(connection).loader.project_state(targets).apps


def newest() -> list[tuple[str, str]]:
    leaves: list[tuple[str, str]] = MigrationExecutor(connection).loader.graph.leaf_nodes()
    return leaves


@pytest.fixture(autouse=True)
def _migrated_afterwards() -> Iterator[None]:
    yield
    migrate(newest())


def test_an_address_of_reviews_lives_on_and_back() -> None:
    person = UserFactory()
    old = migrate(BEFORE).get_model("analytics", "ReviewFeed")
    old.objects.create(learner_id=person.pk, digest=digest_of("aged"))
    migrate(newest())
    row = CalendarFeed.objects.get()
    assert (row.person_id, row.scope, row.course_id) == (person.pk, "reviews", None)
    for address in ("/calendars/reviews/aged.ics", "/calendars/aged.ics"):
        assert Client().get(address).status_code == 200
    back = migrate(BEFORE).get_model("analytics", "ReviewFeed")
    assert back.objects.get().digest == digest_of("aged")
