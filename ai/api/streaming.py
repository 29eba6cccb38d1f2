"""Answers that come in pieces, under WSGI and under ASGI."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse


def event_stream(request: HttpRequest, events: Iterator[bytes]) -> StreamingHttpResponse:
    """Server-sent events. When the reader goes away the iterator is closed.

    Django collects a plain iterator whole before it sends anything under ASGI, so there each piece
    is fetched from the request's own thread.
    """
    pieces: Any = _fetched(events) if isinstance(request, ASGIRequest) else events
    response = StreamingHttpResponse(pieces, content_type="text/event-stream; charset=utf-8")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def _fetched(events: Iterator[bytes]) -> AsyncIterator[bytes]:
    def next_piece() -> bytes | None:
        return next(events, None)

    try:
        while (piece := await sync_to_async(next_piece)()) is not None:
            yield piece
    finally:
        await sync_to_async(events.close)()  # type: ignore[attr-defined]
