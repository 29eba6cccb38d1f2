"""Static files beside Django for the one-process trial, without its middleware or threads."""

import asyncio
import mimetypes
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousFileOperation

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[Any]]

mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("font/woff2", ".woff2")


@dataclass(frozen=True, slots=True)
class Asset:
    """A file's bytes with the headers it is served under."""

    body: bytes
    tag: bytes
    headers: tuple[tuple[bytes, bytes], ...]


class Assets:
    """ASGI app that answers `prefix` from the static finders and passes everything else on.

    A file is read again when it changed, so that editing styles needs no restart.
    """

    def __init__(self, app: Asgi, prefix: str) -> None:
        self.app, self.prefix = app, prefix
        self._known: dict[str, tuple[int, Asset]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(self.prefix):
            await self.app(scope, receive, send)
            return
        name = unquote(scope["path"][len(self.prefix) :])
        asset = await asyncio.to_thread(self._find, name)
        if asset is None or scope["method"] not in {"GET", "HEAD"}:
            await _answer(send, 404, ((b"content-length", b"0"),), b"")
            return
        if asset.tag in dict(scope["headers"]).get(b"if-none-match", b""):
            await _answer(send, 304, asset.headers[:1], b"")
            return
        body = b"" if scope["method"] == "HEAD" else asset.body
        await _answer(send, 200, asset.headers, body)

    def _find(self, name: str) -> Asset | None:
        try:
            found = finders.find(name)
        except (SuspiciousFileOperation, ValueError):
            return None
        path = Path(found) if isinstance(found, str) else None
        if path is None or not path.is_file():
            return None
        stat = path.stat()
        known = self._known.get(name)
        if known is None or known[0] != stat.st_mtime_ns:
            known = (stat.st_mtime_ns, _read(path, stat.st_mtime_ns, stat.st_mtime))
            self._known[name] = known
        return known[1]


def _read(path: Path, tag: int, changed: float) -> Asset:
    body = path.read_bytes()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    charset = "; charset=utf-8" if kind.startswith("text/") else ""
    mark = f'"{tag:x}"'.encode()
    headers = (
        (b"etag", mark),
        (b"content-type", f"{kind}{charset}".encode()),
        (b"content-length", str(len(body)).encode()),
        (b"last-modified", formatdate(changed, usegmt=True).encode()),
        (b"cache-control", b"no-cache"),
        (b"x-content-type-options", b"nosniff"),
    )
    return Asset(body, mark, headers)


async def _answer(
    send: Send, status: int, headers: tuple[tuple[bytes, bytes], ...], body: bytes
) -> None:
    await send({"type": "http.response.start", "status": status, "headers": list(headers)})
    await send({"type": "http.response.body", "body": body})
