"""One furnished world for all tests of a module; each test's own changes are rolled back."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from lms.tests.furnish import furnish
from lms.tests.matrix.run import tokens_for
from lms.tests.world import World, build


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), transaction.atomic():
        built = build()
        furnish(built)
        tokens_for(built)
        yield built
        transaction.set_rollback(True)
