"""Test-wide set-up: the test mode, a data folder per process, and the leg that runs.

`CAIRN_LEG=services` runs models, services, queries, rules, races, sockets, jobs and everything
marked `services` against PostgreSQL and Redis; without it everything runs on SQLite and files.
"""

import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import django
import pytest
import pytest_django

LEG = os.environ.get("CAIRN_LEG", "trial")
# A moment in seconds since 1970, set where a run has to end by a certain time.
UNTIL = float(os.environ.get("CAIRN_TEST_UNTIL", "inf"))
_worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
_root = os.environ.setdefault("CAIRN_TEST_ROOT", tempfile.mkdtemp(prefix="cairn-test-"))
os.environ["LMS_MODE"] = "test"
os.environ["LMS_DATA_DIR"] = str(Path(_root) / _worker)
os.environ["DJANGO_SETTINGS_MODULE"] = "lms.settings"
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
Path(os.environ["LMS_DATA_DIR"]).mkdir(parents=True, exist_ok=True)
if LEG == "services":
    os.environ.setdefault("DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
    os.environ.setdefault("REDIS_URL", "redis://127.0.0.1:6379/0")
    os.environ["DATABASE_POOL_MAX"] = "0"
    os.environ["REDIS_PREFIX"] = f"cairn-test-{Path(_root).name}-{_worker}"
else:
    os.environ.pop("DATABASE_URL", None)
    os.environ.pop("REDIS_URL", None)

django.setup()

from lms.kernel.testing.flush import allow_flush  # noqa: E402 - needs Django set up
from lms.tests import migrated  # noqa: E402 - needs Django set up

allow_flush()

_BROWSER = re.compile(r"/tests/(e2e|browser)/")
_SERVICE_FLOORS = re.compile(
    r"/tests/(models|services|queries|rules|consumers|subscribers|tasks|races|faults)/|/kernel/tests/"
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark browser tests; in the services leg, keep what databases and Redis answer differently.

    Browser tests run in a process of their own: Playwright's synchronous API keeps an event loop
    running, in which no other asynchronous test can start.
    """
    for item in items:
        if _BROWSER.search(str(item.path)):
            item.add_marker(pytest.mark.browser)
    if LEG != "services":
        return
    kept: list[pytest.Item] = []
    left: list[pytest.Item] = []
    for item in items:
        wanted = item.get_closest_marker("services") or _SERVICE_FLOORS.search(str(item.path))
        (kept if wanted else left).append(item)
    config.hook.pytest_deselected(items=left)
    items[:] = kept


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """The database of a test process is a copy of one that was migrated before."""
    return True


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, django_db_blocker: pytest_django.DjangoDbBlocker
) -> None:
    """Put that copy in place: migrating an empty database takes twenty seconds of a processor."""
    with django_db_blocker.unblock():
        migrated.put()


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker
) -> Iterator[None]:
    """Keep a copy of what was migrated for the next process, and nothing of this one's database."""
    with django_db_blocker.unblock():
        migrated.keep()
    yield
    with django_db_blocker.unblock():
        migrated.drop()


@pytest.fixture(autouse=True)
def _no_leftover_cache() -> None:
    """A folder of cache files drops some at random once it is full, counters of limits too."""
    if LEG != "services":
        shutil.rmtree(Path(os.environ["LMS_DATA_DIR"]) / "cache", ignore_errors=True)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config, specs: object) -> None:
    """Let each worker meet this file before pytest-django reads the settings.

    With the module's name inherited, settings are read first, and every worker takes the data
    folder, the cache and the Redis prefix of the process that started it.
    """
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out what is left once the time for tests is over, before anything is set up for it."""
    if time.time() > UNTIL:
        pytest.skip("the time for tests on this machine is over (CAIRN_TEST_UNTIL)")


def pytest_report_header() -> str:
    """Say which leg runs."""
    return "leg: PostgreSQL and Redis" if LEG == "services" else "leg: SQLite and files"
