"""Web processes ask one process for vectors; it may die, hang or be missing."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ai.gateway import embedding_link
from ai.gateway.embedding_link import SharedMiniLm, _Links
from ai.gateway.minilm import MiniLm
from ai.gateway.provider import ProviderUnavailable

pytestmark = pytest.mark.skipif(
    not embedding_link.can_share(), reason="no embedding model here, or no Unix sockets"
)
TEXTS = ["What is chalk made of?", "", "Kreide ist weich. 粉笔"]


@pytest.fixture
def links(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Links]:
    """Links of this process alone, to a process of its own in a short folder."""
    with tempfile.TemporaryDirectory(prefix="cv") as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        monkeypatch.setenv("TMPDIR", folder)
        found = _Links()
        monkeypatch.setattr(embedding_link, "_links", found)
        yield found
        found._drop()
        for lock in Path(folder).glob("*/*.lock"):
            holder = _holder(lock)
            if holder:
                os.kill(holder, signal.SIGKILL)
        if found._started is not None:
            found._started.kill()
            found._started.wait(10)


def _holder(lock: Path) -> int:
    """The process that has a lock file open; 0 for none."""
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and int(process.name) != os.getpid():
            try:
                opened = {one.readlink() for one in (process / "fd").iterdir()}
            except OSError:
                continue
            if lock in opened:
                return int(process.name)
    return 0


def started(links: _Links) -> "subprocess.Popen[bytes]":
    assert links._started is not None
    return links._started


def test_the_vectors_are_those_of_the_model(links: _Links) -> None:
    found = SharedMiniLm().encode(TEXTS * 7)
    assert np.array_equal(found, MiniLm().encode(TEXTS * 7))
    assert SharedMiniLm().encode([]).shape == (0, 384)
    assert SharedMiniLm.name == MiniLm.name


def test_one_process_serves_all_who_ask(links: _Links) -> None:
    answers: list[np.ndarray] = []

    def ask() -> None:
        answers.append(SharedMiniLm().encode(TEXTS[:1]))

    others = _Links()  # as another web process has them
    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert all(np.array_equal(one, answers[0]) for one in answers)
    others.ask(TEXTS[:1])
    assert others._started is None
    others._drop()


def test_who_finds_it_gone_starts_it_again(links: _Links) -> None:
    first = SharedMiniLm().encode(TEXTS[:1])
    before = started(links)
    before.kill()
    before.wait(10)
    assert np.array_equal(SharedMiniLm().encode(TEXTS[:1]), first)
    assert started(links).pid != before.pid


def test_a_process_that_cannot_start_is_not_waited_for(
    links: _Links, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    began = time.monotonic()
    with pytest.raises(ProviderUnavailable, match="does not answer"):
        SharedMiniLm().encode(TEXTS)
    with pytest.raises(ProviderUnavailable, match="a moment ago"):
        SharedMiniLm().encode(TEXTS)
    assert time.monotonic() - began < embedding_link.STARTS_WITHIN


def test_one_that_hangs_is_waited_for_once(links: _Links, monkeypatch: pytest.MonkeyPatch) -> None:
    SharedMiniLm().encode(TEXTS[:1])
    for link in links._idle:
        link.settimeout(0.2)
    os.kill(started(links).pid, signal.SIGSTOP)
    try:
        with pytest.raises(ProviderUnavailable, match="does not answer"):
            SharedMiniLm().encode(TEXTS)
        with pytest.raises(ProviderUnavailable, match="a moment ago"):
            SharedMiniLm().encode(TEXTS)
    finally:
        os.kill(started(links).pid, signal.SIGCONT)
    monkeypatch.setattr(links, "_paused_until", 0.0)
    assert SharedMiniLm().encode(TEXTS).shape == (3, 384)


def test_it_ends_when_nobody_is_connected(links: _Links, monkeypatch: pytest.MonkeyPatch) -> None:
    path = embedding_link.address()
    code = (
        "import ai.gateway.embedding_process as p; p.GRACE, p.POLL = 0.5, 0.1; "
        f"p.Server.timeout = 0.1; raise SystemExit(p.main({str(path)!r}))"
    )
    process = subprocess.Popen([sys.executable, "-c", code], cwd=embedding_link.ROOT)
    try:
        deadline = time.monotonic() + 60
        while not path.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        links.ask(TEXTS[:1])
        assert links._started is None
        time.sleep(1.5)
        assert process.poll() is None  # connected, though it asks nothing
        links._drop()
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait(10)
    assert not path.exists()


@pytest.mark.parametrize("sent", [b"not json\n", b'{"texts": []}\n', b"[1, 2]\n", b'["cut'])
def test_what_is_no_list_of_texts_ends_the_talk_and_nothing_else(
    links: _Links, sent: bytes
) -> None:
    SharedMiniLm().encode(TEXTS[:1])
    with socket.socket(socket.AF_UNIX) as stranger:
        stranger.settimeout(20)
        stranger.connect(str(embedding_link.address()))
        stranger.sendall(sent)
        stranger.shutdown(socket.SHUT_WR)
        assert stranger.recv(1) == b""
    assert SharedMiniLm().encode(TEXTS[:1]).shape == (1, 384)
    assert started(links).poll() is None


def test_a_second_one_leaves_the_first_alone(links: _Links) -> None:
    SharedMiniLm().encode(TEXTS[:1])
    command = [sys.executable, "-m", "ai.gateway.embedding_process", str(embedding_link.address())]
    done = subprocess.run(command, cwd=embedding_link.ROOT, check=False, timeout=60)
    assert done.returncode == 0
    assert links.ask(TEXTS[:1]).shape == (1, 384)


def test_it_holds_no_secret_and_no_django(links: _Links, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LMS_SECRET_KEY", "never-told")
    SharedMiniLm().encode(TEXTS[:1])
    process = Path(f"/proc/{started(links).pid}")
    assert b"never-told" not in (process / "environ").read_bytes()
    code = (
        "import sys, ai.gateway.embedding_process; "
        "print({'django', 'openai', 'lms'}.intersection(sys.modules))"
    )
    said = subprocess.run(
        [sys.executable, "-c", code],
        cwd=embedding_link.ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    assert said.stdout.strip() == "set()"


def test_a_folder_that_others_can_write_to_is_not_used(links: _Links) -> None:
    folder = embedding_link.address().parent
    folder.chmod(0o777)
    with pytest.raises(ProviderUnavailable):
        SharedMiniLm().encode(TEXTS)
    assert links._started is None


def test_a_forked_process_opens_links_of_its_own(links: _Links) -> None:
    os.register_at_fork(after_in_child=links.forget)  # as the module's own links are
    links.ask(TEXTS[:1])
    child = os.fork()
    if child == 0:
        os._exit(0 if not links._idle and links._started is None else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert len(links._idle) == 1
