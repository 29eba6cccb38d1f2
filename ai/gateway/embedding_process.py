"""Turns texts into vectors for all web processes of a machine. Run as a module, without Django.

    python -m ai.gateway.embedding_process <path of a Unix socket>

One such process holds the model where every web worker held a copy. A client sends a line, a JSON
list of texts; it gets back `SHAPE` (rows, columns) and the vectors, float32. The process ends by
itself once nobody has been connected for `GRACE` seconds, and at once where another serves already.
"""

import fcntl
import json
import signal
import socketserver
import struct
import sys
import threading
import time
from pathlib import Path
from typing import Final

from ai.gateway.minilm import MiniLm

SHAPE: Final = struct.Struct("!II")
MOST_BYTES: Final = 4 * 1024 * 1024
GRACE: Final = 10.0
POLL: Final = 1.0


class Talk(socketserver.StreamRequestHandler):
    """One client, for as long as it stays connected."""

    server: "Server"

    def handle(self) -> None:
        """Answer line by line; a line that is no list of texts ends the talk."""
        while (line := self.rfile.readline(MOST_BYTES)).endswith(b"\n"):
            texts = json.loads(line)
            if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
                return
            matrix = self.server.model.encode(texts)
            self.wfile.write(SHAPE.pack(*matrix.shape) + matrix.tobytes())


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """A thread for each client; the model may be asked by several at once."""

    daemon_threads = True
    request_queue_size = 128
    timeout = POLL

    def __init__(self, path: str) -> None:
        super().__init__(path, Talk)
        # Who connects while the model is read waits in the queue.
        self.model = MiniLm()
        self._clients, self._left, self._guard = 0, time.monotonic(), threading.Lock()

    def process_request_thread(self, request: object, client_address: object) -> None:
        """Count the client while it is there."""
        with self._guard:
            self._clients += 1
        try:
            super().process_request_thread(request, client_address)  # type: ignore[arg-type]
        finally:
            with self._guard:
                self._clients -= 1
                self._left = time.monotonic()

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients come and go; what one of them sent must not fill the log."""

    @property
    def wanted(self) -> bool:
        """Whether somebody is connected, or was a moment ago."""
        with self._guard:
            return self._clients > 0 or time.monotonic() - self._left < GRACE


def main(path: str) -> int:
    """Serve until nobody wants it; 0 also when another process serves this path already."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # those who ask end first, and this one by itself
    with Path(f"{path}.lock").open("w", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return 0
        Path(path).unlink(missing_ok=True)  # left behind by one that was killed
        with Server(path) as server:
            while server.wanted:
                server.handle_request()
            Path(path).unlink(missing_ok=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
