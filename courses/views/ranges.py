"""A stored file as an answer, whole or the one part that was asked for (RFC 9110, section 14).

A video player seeks by asking for parts; without them it can only play from the start.
"""

import re
from collections.abc import AsyncIterator, Iterator
from hashlib import sha256
from typing import IO, Final

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.db.models.fields.files import FieldFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from lms.kernel.errors import NotFound

CHUNK: Final = 256 * 1024  # bytes read at a time
_ONE_RANGE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


class Unsatisfiable(Exception):
    """No byte of the file lies in the range that was asked for."""


def wanted_range(header: str, size: int) -> tuple[int, int] | None:
    """The first and last byte that a `Range` header asks for, of a file of `size` bytes.

    None stands for the whole file: no header, several ranges or one we cannot read. Raises
    Unsatisfiable when it starts behind the end.
    """
    match = _ONE_RANGE.fullmatch(header.strip().replace(" ", ""))
    if match is None or not (match[1] or match[2]):
        return None
    if not match[1]:  # the last n bytes
        first, last = max(0, size - int(match[2])), size - 1
        if not int(match[2]):
            raise Unsatisfiable
    else:
        first = int(match[1])
        last = min(int(match[2]), size - 1) if match[2] else size - 1
        if match[2] and int(match[2]) < first:
            return None
    if first >= size:
        raise Unsatisfiable
    return first, last


def file_response(
    request: HttpRequest, file: FieldFile, *, name: str, content_type: str, inline: bool
) -> HttpResponseBase:
    """Stream a file of this machine: 200 with all of it, 206 with a part, 416 when there is none.

    `If-Range` with another ETag than ours gets all of it. Raises NotFound when the bytes are gone.
    """
    mark = f'"{sha256(str(file.name).encode()).hexdigest()[:20]}"'  # the bytes under a name stay
    try:
        size = file.size
        asked = _asked(request, mark, size)
        handle = file.storage.open(str(file.name), "rb")
    except FileNotFoundError as gone:
        raise NotFound from gone
    except Unsatisfiable:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    first, last = asked or (0, size - 1)
    response = StreamingHttpResponse(
        _content(request, handle, first, last - first + 1),
        status=206 if asked else 200,
        content_type=content_type,
    )
    response["Accept-Ranges"] = "bytes"
    response["Content-Length"] = str(last - first + 1)
    response["ETag"] = mark
    if asked:
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
    disposition = content_disposition_header(not inline, name)
    if disposition:
        response["Content-Disposition"] = disposition
    return response


def _asked(request: HttpRequest, mark: str, size: int) -> tuple[int, int] | None:
    if request.headers.get("If-Range", mark) != mark:
        return None
    return wanted_range(request.headers.get("Range", ""), size)


def _content(
    request: HttpRequest, handle: IO[bytes], first: int, length: int
) -> Iterator[bytes] | AsyncIterator[bytes]:
    """The bytes in the manner of the server: ASGI would read a plain iterator into memory first."""
    handle.seek(first)
    if isinstance(request, ASGIRequest):
        return _chunks_async(handle, length)
    return _chunks(handle, length)


def _chunks(handle: IO[bytes], length: int) -> Iterator[bytes]:
    with handle:
        while length > 0 and (chunk := handle.read(min(CHUNK, length))):
            length -= len(chunk)
            yield chunk


async def _chunks_async(handle: IO[bytes], length: int) -> AsyncIterator[bytes]:
    read = sync_to_async(handle.read, thread_sensitive=False)
    try:
        while length > 0 and (chunk := await read(min(CHUNK, length))):
            length -= len(chunk)
            yield chunk
    finally:
        handle.close()
