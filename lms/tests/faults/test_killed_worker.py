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

import pytest

from ai.tests.fault_proxy import FaultProxy, running_proxy

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
    """A trial installation in a folder of its own, with processes that can be killed."""

    def __init__(self, folder: Path, endpoint: str) -> None:
        self.database = folder / "cairn.sqlite3"
        self.env = {
            **{k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL"}},
            "LMS_MODE": "trial",
            "LMS_DATA_DIR": str(folder),
            "AI_BASE_URL": endpoint,
            "AI_MODEL": "fake",
        }
        self.schedule = str(folder / "beat")

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
        command = [sys.executable, "-m", "celery", "-q", "-A", "lms.celery", *args]
        with subprocess.Popen(
            command, cwd=ROOT, env=self.env, start_new_session=True, stdout=-3, stderr=-3
        ) as process:
            try:
                yield process
            finally:
                kill(process)

    def ask(self, query: str) -> list[tuple[object, ...]]:
        """Rows of a query, read beside the workers."""
        with contextlib.closing(sqlite3.connect(self.database, timeout=20)) as connection:
            return connection.execute(query).fetchall()

    def drafts(self) -> list[tuple[object, ...]]:
        """Ordinal, id and content of every draft."""
        return self.ask("select ordinal, id, content from ai_draft order by ordinal")

    def state(self) -> tuple[object, ...]:
        """State and attempt of the one job."""
        return self.ask("select state, attempt from kernel_job")[0]


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


@pytest.mark.slow
def test_another_worker_finishes_within_a_minute_without_a_duplicate(
    tmp_path: Path, slow_model: FaultProxy
) -> None:
    site = Site(tmp_path, slow_model.url)
    site.manage("migrate", "-v0")
    assert json.loads(site.manage("shell", "-v0", "-c", SEED % COUNT))
    worker = ("worker", "-c", "1", "-Q", "default,ai", "--without-gossip", "--without-mingle")
    with (
        site.celery("beat", "-s", site.schedule, "--pidfile="),
        site.celery(*worker, "-n", "first@cairn") as first,
    ):
        until(lambda: len(site.drafts()) >= 5, 90)
        kill(first)
        first.wait(10)
        kept = site.drafts()
        assert site.state() == ("running", 1)
        assert 5 <= len(kept) < COUNT
        with site.celery(*worker, "-n", "second@cairn"):
            resumed = until(lambda: site.state()[1] == 2, 60)
            until(lambda: site.state()[0] == "succeeded", 120)
    after = site.drafts()
    stems = [json.loads(str(row[2]))["stem"] for row in after]
    assert after[: len(kept)] == kept
    assert [row[0] for row in after] == list(range(1, COUNT + 1))
    assert len(set(stems)) == COUNT
    assert resumed < 60
