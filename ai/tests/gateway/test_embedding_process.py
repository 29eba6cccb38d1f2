"""Web processes ask one process for vectors; it may die, hang or be missing."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from ai.gateway import embedding_link
from ai.gateway.embedding_link import ROOT, SharedMiniLm, _Links
from ai.gateway.minilm import MiniLm
from ai.gateway.provider import ProviderUnavailable

TEXTS = ["What is chalk made of?", "", "Kreide ist weich. 粉笔"]
# The process with short times: it looks after its socket ten times a second.
QUICK = """
import sys
from pathlib import Path
import ai.gateway.embedding_process as process
process.GRACE, process.Server.timeout = 0.5, 0.1
raise SystemExit(process.main(Path(sys.argv[1])))
"""


def started(links: _Links) -> "subprocess.Popen[bytes]":
    assert links._process is not None
    return links._process


def quick() -> "subprocess.Popen[bytes]":
    """A process with short times that listens."""
    path = embedding_link.address()
    process = subprocess.Popen([sys.executable, "-c", QUICK, str(path)], cwd=ROOT)
    end = time.monotonic() + 60
    while time.monotonic() < end:
        assert process.poll() is None
        with suppress(OSError), socket.socket(socket.AF_UNIX) as probe:
            probe.connect(str(path))
            return process
        time.sleep(0.05)
    raise TimeoutError


def test_the_vectors_are_those_of_the_model(links: _Links) -> None:
    found = SharedMiniLm().encode(TEXTS * 30)
    own = np.vstack([MiniLm().encode([text]) for text in TEXTS])
    assert np.array_equal(found, np.tile(own, (30, 1)))
    assert SharedMiniLm().encode([]).shape == (0, 384)
    assert SharedMiniLm.name == MiniLm.name


def test_one_process_serves_all_who_ask(links: _Links) -> None:
    answers: list[np.ndarray] = []

    def ask() -> None:
        answers.append(SharedMiniLm().encode(TEXTS[:1]))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert all(np.array_equal(one, answers[0]) for one in answers)
    others = _Links()  # as another web process has them
    others.ask(TEXTS[:1])
    assert others._process is None
    others._drop()


def test_who_finds_it_gone_starts_it_again(links: _Links) -> None:
    first = SharedMiniLm().encode(TEXTS[:1])
    before = started(links)
    before.kill()
    before.wait(10)
    assert np.array_equal(SharedMiniLm().encode(TEXTS[:1]), first)
    assert started(links).pid != before.pid


def test_one_that_cannot_start_is_asked_once(
    links: _Links, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    with pytest.raises(ProviderUnavailable, match="does not answer"):
        SharedMiniLm().encode(TEXTS)
    assert f"no vectors for {embedding_link.LONG_PAUSE:.0f} s" in caplog.text
    before = started(links).pid
    with pytest.raises(ProviderUnavailable, match="a moment ago"):
        SharedMiniLm().encode(TEXTS)
    assert started(links).pid == before


def test_why_it_cannot_start_stands_in_its_log(links: _Links) -> None:
    """With an environment in which Python finds no packages."""
    code = (
        "import sys; sys.modules['onnxruntime'] = None; from pathlib import Path; "
        "import ai.gateway.embedding_process as p; raise SystemExit(p.main(Path(sys.argv[1])))"
    )
    path = embedding_link.address()
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], cwd=ROOT, check=False, capture_output=True
    )
    assert done.returncode == 1
    assert b"onnxruntime" in done.stderr
    assert not path.exists()  # nobody was let in to wait for nothing


def test_one_that_hangs_is_ended_and_replaced(
    links: _Links, monkeypatch: pytest.MonkeyPatch
) -> None:
    SharedMiniLm().encode(TEXTS[:1])
    for link in links._idle:
        link.settimeout(0.2)
    before = started(links)
    before.send_signal(signal.SIGSTOP)
    with pytest.raises(ProviderUnavailable, match="does not answer"):
        SharedMiniLm().encode(TEXTS)
    assert before.wait(10) == -signal.SIGKILL
    with pytest.raises(ProviderUnavailable, match="a moment ago"):
        SharedMiniLm().encode(TEXTS)
    monkeypatch.setattr(links, "_paused_until", 0.0)
    assert SharedMiniLm().encode(TEXTS).shape == (3, 384)


def test_one_that_still_reads_its_model_is_not_ended(
    links: _Links, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding_link, "STARTS_WITHIN", 0.1)
    with pytest.raises(ProviderUnavailable, match="does not answer"):
        SharedMiniLm().encode(TEXTS)
    assert started(links).poll() is None
    monkeypatch.setattr(embedding_link, "STARTS_WITHIN", 60.0)
    monkeypatch.setattr(links, "_paused_until", 0.0)
    before = started(links).pid
    assert SharedMiniLm().encode(TEXTS).shape == (3, 384)
    assert started(links).pid == before


def test_it_ends_when_nobody_is_connected(links: _Links) -> None:
    process = quick()
    links.ask(TEXTS[:1])
    assert links._process is None
    time.sleep(1.5)
    assert process.poll() is None  # connected, though it asks nothing
    links._drop()
    assert process.wait(30) == 0
    assert not embedding_link.address().exists()


def test_it_ends_when_its_socket_is_gone_and_touches_no_other(links: _Links) -> None:
    process, path = quick(), embedding_link.address()
    links.ask(TEXTS[:1])
    path.unlink()
    path.write_text("another's", encoding="ascii")
    assert process.wait(30) == 0
    assert path.read_text(encoding="ascii") == "another's"
    path.unlink()
    assert links.ask(TEXTS[:1]).shape == (1, 384)


@pytest.mark.parametrize("sent", [b"not json\n", b'{"texts": []}\n', b"[1, 2]\n", b'["cut'])
def test_what_is_no_list_of_texts_ends_the_connection_and_nothing_else(
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
    assert embedding_link.address().with_suffix(".log").read_bytes() == b""


def test_a_second_one_leaves_the_first_alone(links: _Links) -> None:
    SharedMiniLm().encode(TEXTS[:1])
    command = [sys.executable, "-m", "ai.gateway.embedding_process", str(embedding_link.address())]
    done = subprocess.run(command, cwd=ROOT, check=False, timeout=60)
    assert done.returncode == 0
    lock = embedding_link.address().with_suffix(".lock").read_text(encoding="ascii")
    assert int(lock) == started(links).pid
    assert links.ask(TEXTS[:1]).shape == (1, 384)


@pytest.mark.skipif(sys.platform != "linux", reason="what a process was given is read from /proc")
def test_it_is_given_no_secret_and_holds_nothing_of_its_starter_open(
    links: _Links, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LMS_SECRET_KEY", "never-told")
    SharedMiniLm().encode(TEXTS[:1])
    process = Path(f"/proc/{started(links).pid}")
    assert b"never-told" not in (process / "environ").read_bytes()
    ours = {Path(f"/proc/self/fd/{number}").resolve() for number in (1, 2)}
    assert not ours & {(process / "fd" / number).resolve() for number in ("1", "2")}


def test_it_needs_no_django() -> None:
    code = (
        "import sys, ai.gateway.embedding_process; "
        "print({'django', 'openai', 'lms'}.intersection(sys.modules))"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert said.stdout.strip() == "set()"


def test_a_folder_that_others_can_write_to_is_not_used(links: _Links) -> None:
    embedding_link.address().parent.chmod(0o777)
    with pytest.raises(ProviderUnavailable):
        SharedMiniLm().encode(TEXTS)
    assert links._process is None


def test_a_forked_process_opens_links_of_its_own() -> None:
    code = """
import os, socket
from ai.gateway.embedding_link import _links
_links._idle.append(socket.socket())
child = os.fork()
if child == 0:
    os._exit(len(_links._idle))
print(os.waitpid(child, 0)[1], len(_links._idle))
"""
    environment = {**os.environ, "LMS_MODE": "test", "DJANGO_SETTINGS_MODULE": "lms.settings"}
    said = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    assert said.stdout.split() == ["0", "1"]
