"""Answers of the course list kept as bytes while nothing in the catalogue changes.

The list is what every visitor and every client asks first. Its bytes depend on the asker, the
address and the catalogue's stamp, which every change of a course or a membership replaces.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Final

from django.db import connection
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from courses.services.stamp import catalogue_stamp
from lms.kernel.actors import Actor
from lms.kernel.rest.wire import dump_json

MAX_ENTRIES: Final = 128  # of at most some 130 kB each
MAX_AGE_SECONDS: Final = 20.0

_entries: "OrderedDict[tuple[object, ...], tuple[float, bytes]]" = OrderedDict()
_guard: Final = Lock()


def stored_list(request: Request, actor: Actor, read: Callable[[], Response]) -> HttpResponse:
    """Answer with kept bytes, or with what `read` returns, which is kept for the next asker.

    Inside a transaction nothing is kept, because what it reads may never be committed.
    """
    stamp = None if connection.in_atomic_block else catalogue_stamp()
    if stamp is None:
        return read()
    place = (request.get_host(), request.scheme, request.get_full_path())
    key = (stamp, actor.user_id, actor.is_admin, actor.preview_course_id, *place)
    kept = _find(key)
    if kept is None:
        kept = dump_json(read().data)
        _keep(key, kept)
    return HttpResponse(kept, content_type="application/json")


def _find(key: tuple[object, ...]) -> bytes | None:
    with _guard:
        found = _entries.get(key)
    if found is None or found[0] < time.monotonic():
        return None
    return found[1]


def _keep(key: tuple[object, ...], body: bytes) -> None:
    with _guard:
        _entries[key] = (time.monotonic() + MAX_AGE_SECONDS, body)
        _entries.move_to_end(key)
        while len(_entries) > MAX_ENTRIES:
            _entries.popitem(last=False)
