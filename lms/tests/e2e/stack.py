"""The whole product as `make run` starts it: supervisor, web, beat, two workers, demo loaded."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from lms.tests.house.tree import ROOT

START_SECONDS = 480


@dataclass(frozen=True)
class Stack:
    """A running product: its address, data folder, log and supervisor."""

    url: str
    data: Path
    log: Path
    process: subprocess.Popen[bytes]

    def children(self, word: str) -> list[int]:
        """Process ids below the supervisor whose command line has a word."""
        found = []
        for pid in family(self.process.pid):
            try:
                line = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
            except OSError:
                continue
            if word in line and "tether" not in line:
                found.append(pid)
        return found


def family(pid: int) -> list[int]:
    """A process and all its descendants."""
    found = [pid]
    for parent in found:
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                found.extend(int(child) for child in task.read_text().split())
            except OSError:
                continue
    return found


def free_port() -> int:
    """A loopback port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(folder: Path, *, services: bool, redis_url: str = "") -> Iterator[Stack]:
    """Start it in an empty data folder, on PostgreSQL and Redis when asked; stop it afterwards.

    `redis_url` names a Redis of the test's own instead of the machine's.
    """
    port = free_port()
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"DATABASE_URL", "REDIS_URL", "REDIS_PREFIX", "DATABASE_POOL_MAX"}
    }
    environment |= {
        "LMS_TEST_LOCALE": "true",
        "LMS_MODE": "trial",
        # Its first seconds would answer without the model that a test connects.
        "AI_LOAD_EARLY": "no",
        "LMS_DATA_DIR": str(folder),
        "PORT": str(port),
    }
    with database(services=services, redis_url=redis_url) as more:
        log = folder.with_suffix(".log")
        with log.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "manage.py", "trial"],
                cwd=ROOT,
                env={**environment, **more},
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        url = f"http://127.0.0.1:{port}"
        try:
            _wait(url, process, log)
            yield Stack(url, folder, log, process)
        finally:
            _stop(process)


@contextmanager
def database(*, services: bool, redis_url: str) -> Iterator[dict[str, str]]:
    """Where PostgreSQL and Redis are: a database that goes with the block; nothing for files."""
    if not services:
        yield {}
        return
    import psycopg

    name = f"cairn_e2e_{secrets.token_hex(4)}"
    server = os.environ.get("DATABASE_URL", "postgresql://postgres@127.0.0.1:5432/postgres")
    parts = urlsplit(server)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        yield {
            "DATABASE_URL": urlunsplit((parts.scheme, parts.netloc, f"/{name}", "", "")),
            "REDIS_URL": redis_url or os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0"),
            "REDIS_PREFIX": name,
        }
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.3)
    msg = f"the stack did not start:\n{log.read_text()[-4000:]}"
    raise AssertionError(msg)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)
