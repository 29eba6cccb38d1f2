"""A real Celery worker killed in the middle of generating: another finishes, nothing twice (J2)."""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from ai.tests.fault_proxy import FaultProxy, running_proxy
from conftest import LEG
from lms.tests.e2e.stack import database

ROOT = Path(__file__).resolve().parents[3]
COUNT = 25
SEED = """
import json
from accounts.models import User
from ai.enums import QuestionKind
from ai.services.generation import Wish, request_questions
from ai.tests.passages import ALL
from lms.kernel import actors
person = User.objects.create_user("teacher@example.com", "a long enough phrase")
User.objects.filter(pk=person.pk).update(site_role="instructor")
person.refresh_from_db()
wish = Wish(kind=QuestionKind.SINGLE_CHOICE, count=%d, content="\\n\\n".join(ALL.values()))
job = request_questions(actor=actors.for_user(person), wish=wish)
print(json.dumps(job.pk))
"""


class Site:
    """An installation in a folder of its own, with processes that can be killed.

    `stores` names PostgreSQL and Redis; without it everything is in files.
    """

    def __init__(self, folder: Path, endpoint: str, stores: dict[str, str]) -> None:
        self.database = folder / "cairn.sqlite3"
        self.server = stores.get("DATABASE_URL", "")
        unset = {"DATABASE_URL", "REDIS_URL", "REDIS_PREFIX", "DATABASE_POOL_MAX"}
        self.env = {
            **{k: v for k, v in os.environ.items() if k not in unset},
            **stores,
            "LMS_MODE": "trial",
            "LMS_DATA_DIR": str(folder),
            "AI_BASE_URL": endpoint,
            "AI_MODEL": "fake",
        }
        self.schedule = str(folder / "beat")
        self.log = folder / "celery.log"

    def manage(self, *args: str) -> str:
        """Run manage.py and give what it printed."""
        command = [sys.executable, "manage.py", *args]
        done = subprocess.run(
            command, cwd=ROOT, env=self.env, check=True, capture_output=True, text=True
        )
        return done.stdout

    @contextlib.contextmanager
    def celery(self, *args: str) -> Iterator[subprocess.Popen[bytes]]:
        """A Celery process in a group of its own, gone when the block ends."""
        command = [sys.executable, "-m", "celery", "-A", "lms.celery", *args]
        with (
            self.log.open("ab") as out,
            subprocess.Popen(
                command, cwd=ROOT, env=self.env, start_new_session=True, stdout=out, stderr=out
            ) as process,
        ):
            try:
                yield process
            finally:
                kill(process)

    def ask(self, query: str) -> list[tuple[object, ...]]:
        """Rows of a query, read beside the workers."""
        if self.server:
            with psycopg.connect(self.server) as server:
                return server.execute(query.encode()).fetchall()
        with contextlib.closing(sqlite3.connect(self.database, timeout=20)) as connection:
            return connection.execute(query).fetchall()

    def drafts(self) -> list[tuple[object, ...]]:
        """Ordinal, id and content of every draft."""
        return self.ask("select ordinal, id, cast(content as text) from ai_draft order by ordinal")

    def state(self) -> tuple[object, ...]:
        """State and attempt of the one job."""
        return self.ask("select state, attempt from kernel_job")[0]


def signal_all(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """A signal to a process and its children."""
    os.killpg(process.pid, number)


def kill(process: subprocess.Popen[bytes]) -> None:
    """kill -9 of a process and its children."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def until(true: Callable[[], bool], seconds: float) -> float:
    """Wait for something; returns how long it took."""
    started = time.monotonic()
    while not true():
        took = time.monotonic() - started
        assert took < seconds, "waited too long"
        time.sleep(0.1)
    return time.monotonic() - started


@pytest.fixture
def slow_model() -> Iterator[FaultProxy]:
    """A model that takes four seconds and then says nothing usable: each step can be hit."""
    with running_proxy("http://127.0.0.1:9") as proxy:
        proxy.faults = ["slow"] * 200
        yield proxy


@pytest.fixture
def site(tmp_path: Path, slow_model: FaultProxy) -> Iterator[Site]:
    with database(services=LEG == "services", redis_url="") as stores:
        yield Site(tmp_path, slow_model.url, stores)


@pytest.mark.slow
def test_another_worker_finishes_within_a_minute_without_a_duplicate(
    site: Site, slow_model: FaultProxy
) -> None:
    site.manage("migrate", "-v0")
    worker = ["worker", "-l", "info", "-c", "1", "-Q", "default,ai"]
    worker += ["--without-gossip", "--without-mingle"]
    with (
        site.celery("beat", "-s", site.schedule, "--pidfile="),
        site.celery(*worker, "-n", "second@cairn") as second,
    ):
        until(lambda: b"second@cairn ready" in site.log.read_bytes(), 90)
        signal_all(second, signal.SIGSTOP)  # it is there, and the first one gets the job
        assert json.loads(site.manage("shell", "-v0", "-c", SEED % COUNT))
        with site.celery(*worker, "-n", "first@cairn") as first:
            until(lambda: len(site.drafts()) >= 5, 120)
            kill(first)
            killed = time.monotonic()
            slow_model.faults = ["garbage"] * 200  # the minute is for finding and finishing the job
            signal_all(second, signal.SIGCONT)
            first.wait(10)
            kept = site.drafts()
            assert site.state() == ("running", 1)
            assert 5 <= len(kept) < COUNT
            until(lambda: site.state() == ("succeeded", 2), 120)
            took = time.monotonic() - killed
    after = site.drafts()
    stems = [json.loads(str(row[2]))["stem"] for row in after]
    assert after[: len(kept)] == kept
    assert [row[0] for row in after] == list(range(1, COUNT + 1))
    assert len(set(stems)) == COUNT
    assert took < 60
