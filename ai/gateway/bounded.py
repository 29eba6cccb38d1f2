"""An HTTP transport whose answers end: in bytes and in time, however slowly they drip."""

import time
from collections.abc import Iterator

import httpx2

MAX_BYTES = 2_000_000


class _BoundedStream(httpx2.SyncByteStream):
    def __init__(self, stream: httpx2.SyncByteStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def __iter__(self) -> Iterator[bytes]:
        received = 0
        for chunk in self._stream:
            received += len(chunk)
            if received > MAX_BYTES:
                raise httpx2.RemoteProtocolError("the answer is too large")
            if time.monotonic() > self._deadline:
                raise httpx2.ReadTimeout("the answer took too long")
            yield chunk

    def close(self) -> None:
        self._stream.close()


class BoundedTransport(httpx2.HTTPTransport):
    """Cuts an answer at MAX_BYTES and at `seconds` after its request was sent."""

    def __init__(self, seconds: float) -> None:
        super().__init__(retries=0)
        self._seconds = seconds

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request; the response's body is bounded."""
        deadline = time.monotonic() + self._seconds
        response = super().handle_request(request)
        if isinstance(response.stream, httpx2.SyncByteStream):
            response.stream = _BoundedStream(response.stream, deadline)
        return response
