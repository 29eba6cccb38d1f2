"""Turns texts into vectors for all web processes of a machine. Run as a module, without Django.

    python -m ai.gateway.embedding_process <path of a Unix socket>

One such process holds the model where every web worker held a copy. A client sends a line, a JSON
list of texts; it gets back `SHAPE` (rows, columns) and the vectors, float32. Each text is encoded
by itself, so that its vector does not depend on what it was sent with. The process ends by itself
once nobody has been connected for `GRACE` seconds or its socket is gone, and at once, with 0, where
another serves the path already. It listens once it can answer; 1 says that it never will.
"""

import fcntl
import json
import os
import signal
import socketserver
import struct
import sys
import threading
import time
from pathlib import Path
from typing import Any, Final

from ai.gateway.minilm import MiniLm

SHAPE: Final = struct.Struct("!II")
MOST_BYTES: Final = 4 * 1024 * 1024
GRACE: Final = 10.0
POLL: Final = 1.0


class Connection(socketserver.StreamRequestHandler):
    """One client, for as long as it stays connected."""

    server: "Server"

    def handle(self) -> None:
        """Answer line by line; a line that is no list of texts ends the connection."""
        while (line := self.rfile.readline(MOST_BYTES)).endswith(b"\n"):
            texts = json.loads(line)
            if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
                return
            rows = [self.server.model.encode([text]) for text in texts]
            columns = rows[0].shape[1] if rows else 0
            self.wfile.write(
                SHAPE.pack(len(rows), columns) + b"".join(row.tobytes() for row in rows)
            )


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """A thread for each client; the model may be asked by several at once."""

    daemon_threads = True
    request_queue_size = 128
    timeout = POLL

    def __init__(self, path: Path) -> None:
        super().__init__(str(path), Connection, bind_and_activate=False)
        # Read before anybody can connect, so that who is connected never waits for it.
        self.model = MiniLm()
        self.model.encode(["ready"])
        self._clients, self._free_since = 0, time.monotonic()
        self._guard = threading.Lock()
        path.unlink(missing_ok=True)  # left behind by one that was killed
        self.server_bind()
        self.server_activate()
        self._path, self._file = path, path.stat().st_ino

    def process_request(self, request: Any, client_address: Any) -> None:
        """Count the client from the moment it is let in."""
        with self._guard:
            self._clients += 1
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Count the client while it is there."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._guard:
                self._clients -= 1
                self._free_since = time.monotonic()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients come and go, and may send anything; all else belongs in the log."""
        if not isinstance(sys.exc_info()[1], OSError | ValueError):
            super().handle_error(request, client_address)

    @property
    def wanted(self) -> bool:
        """Whether somebody can connect, and somebody is connected or was a moment ago."""
        with self._guard:
            free = self._clients == 0 and time.monotonic() - self._free_since > GRACE
        return self.reachable and not free

    @property
    def reachable(self) -> bool:
        """Whether the path still leads here: files can be removed, and another take the place."""
        try:
            return self._path.stat().st_ino == self._file
        except OSError:
            return False


def main(path: Path) -> int:
    """Serve until nobody wants it; 0 also when another process serves this path already."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # those who ask end first, and this one by itself
    with path.with_suffix(".lock").open("a", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return 0
        lock.truncate(0)
        print(os.getpid(), file=lock, flush=True)  # for whoever wonders who holds it
        with Server(path) as server:
            while server.wanted:
                server.handle_request()
            if server.reachable:
                path.unlink()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
