"""An installation in a folder of its own whose processes can be killed."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).resolve().parents[3]
# What a test adds up: the ledger, what is held, and what the site has used of its day.
SPENT = "select coalesce(sum(tokens_in + tokens_out), 0) from ai_aicall"
HELD = "select count(*) from ai_reservation"
USED = "select tokens from ai_window where key = 'site' and period = 'day'"
LATE = "update ai_reservation set expires_at = '2020-01-01 00:00:00+00:00'"


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
            "AI_LOAD_EARLY": "no",  # the first seconds would answer without the model
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

    def write(self, statement: str) -> None:
        """Change rows behind the product's back, such as letting time pass."""
        if self.server:
            with psycopg.connect(self.server) as server:
                server.execute(statement.encode())
            return
        with contextlib.closing(sqlite3.connect(self.database, timeout=20)) as connection:
            connection.execute(statement)
            connection.commit()

    def sweep(self) -> int:
        """Let what is held run out and settle it; returns how many calls that were."""
        self.write(LATE)
        code = "from ai.services.budget import sweep; print(sweep())"
        return int(self.manage("shell", "-v0", "-c", code).split()[-1])

    def figure(self, query: str) -> int:
        """The one number of a query."""
        found: Any = self.ask(query)[0][0]
        return int(found)

    @contextlib.contextmanager
    def web(self, port: int) -> Iterator[subprocess.Popen[bytes]]:
        """The web process, answering; gone when the block ends."""
        command = [sys.executable, "-m", "uvicorn", "lms.asgi:application", "--lifespan", "off"]
        command += ["--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"]
        env = {**self.env, "LMS_PUBLIC_URL": f"http://127.0.0.1:{port}"}
        with (
            self.log.open("ab") as out,
            subprocess.Popen(
                command, cwd=ROOT, env=env, start_new_session=True, stdout=out, stderr=out
            ) as process,
        ):
            try:
                until(lambda: _answers(port), 90)
                yield process
            finally:
                kill(process)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
            return True
    except OSError:
        return False


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
