"""One loaded demo for all tests that look at it; loading it takes a while."""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import call_command
from pytest_django.plugin import DjangoDbBlocker

from lms.kernel import clock

NOW = datetime(2026, 3, 2, 21, 30, tzinfo=UTC)


@pytest.fixture(scope="package")
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The demo as it looks at `NOW`; gives what the command printed."""
    with django_db_blocker.unblock():
        said = StringIO()
        with clock.travel(NOW):
            call_command("load_demo", stdout=said)
        try:
            yield said.getvalue()
        finally:
            call_command("flush", verbosity=0, interactive=False)


@pytest.fixture
def at_demo_time(demo: str) -> Iterator[str]:
    """A test at the moment for which the demo was loaded."""
    with clock.travel(NOW):
        yield demo
