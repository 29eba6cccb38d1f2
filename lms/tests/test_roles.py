"""The image's entry point starts servers whose workers are forked from the loaded application."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PATIENCE = 60


@contextmanager
def role(name: str, folder: Path) -> Iterator[tuple[str, int]]:
    """One role of `deploy/cairn` on the trial's stores; its address and its first process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    kept = {
        key: value
        for key, value in os.environ.items()
        if key not in {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"}
    }
    environment = {
        **kept,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "CAIRN_HOME": str(ROOT),
        "PORT": str(port),
        "LMS_MODE": "trial",
        "LMS_DATA_DIR": str(folder),
        "AI_LOAD_EARLY": "0",
        "WEB_WORKERS": "2",
        "SOCKET_WORKERS": "2",
    }
    process = subprocess.Popen(["sh", "deploy/cairn", name], env=environment, cwd=ROOT)
    try:
        yield f"http://127.0.0.1:{port}/healthz", process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=PATIENCE) == 0


def workers_of(pid: int) -> set[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return {int(word) for word in listed.split()}


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def until(found: object) -> None:
    """Wait for a condition without an argument; fails after a minute."""
    end = time.monotonic() + PATIENCE
    while not found():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.1)


@pytest.mark.skipif(sys.platform != "linux", reason="workers are forked, and read from /proc")
@pytest.mark.parametrize("name", ["web", "socket"])
def test_a_role_answers_replaces_a_killed_worker_and_ends(name: str, tmp_path: Path) -> None:
    with role(name, tmp_path) as (address, pid):
        until(lambda: answers(address) and len(workers_of(pid)) == 2)
        before = workers_of(pid)
        # They were forked: each shares pages with the process that loaded the application.
        for worker in before:
            sizes = Path(f"/proc/{worker}/smaps_rollup").read_text(encoding="ascii")
            shared = next(line for line in sizes.splitlines() if line.startswith("Shared_Dirty"))
            assert int(shared.split()[1]) > 20_000
        killed = min(before)
        os.kill(killed, signal.SIGKILL)
        until(lambda: len(workers_of(pid) - {killed}) == 2)
        until(lambda: answers(address))
    assert not answers(address)


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted in /proc")
@pytest.mark.parametrize("sockets", [True, False])
def test_loading_ahead_starts_nothing(sockets: bool, tmp_path: Path) -> None:
    """What is forked must hold no thread and no connection; `lms.asgi` belongs to the workers."""
    program = f"""
import os, sys
from lms.preload import preload
preload(sockets={sockets})
from django.db import connection
print(len(os.listdir("/proc/self/task")), connection.connection, "lms.asgi" in sys.modules)
print("realtime.routing" in sys.modules, "openai" in sys.modules, "onnxruntime" in sys.modules)
"""
    kept = {
        key: value
        for key, value in os.environ.items()
        if key not in {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"}
    }
    environment = {**kept, "LMS_MODE": "trial", "LMS_DATA_DIR": str(tmp_path)}
    said = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    # Workers of pages answer questions to the tutor, those of sockets seldom do.
    loaded = ["True", "False", "False"] if sockets else ["False", "True", "False"]
    assert said.stdout.split() == ["1", "None", "False", *loaded]
