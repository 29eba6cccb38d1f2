"""One furnished world for all tests of a module; each test's own changes are rolled back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from lms.tests.furnish import furnish
from lms.tests.matrix.run import tokens_for
from lms.tests.world import World, build

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Measure no coverage here: these tests knock on every door, and counting doubles their time.

    What is guarded by a share of branches has tests beside it that meet them.
    """
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.no_cover)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        built = build()
        furnish(built)
        tokens_for(built)
        yield built
        transaction.set_rollback(True)
