"""The base of every API view: actor, no-store, ETag, Idempotency-Key, job answers."""

import hashlib
import time
from collections.abc import Callable
from typing import Any, cast

from django.db import IntegrityError, transaction
from django.utils.cache import get_conditional_response
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSetMixin

from lms.kernel.actors import Actor
from lms.kernel.errors import Conflict, Invalid, KernelError, Stale
from lms.kernel.jobs import describe
from lms.kernel.models import Job, KeptRequest
from lms.kernel.rest.auth import actor_of
from lms.kernel.rest.paging import Pages
from lms.kernel.rest.wire import check_text, dump_json

HTTP_OK = 200
HTTP_ACCEPTED = 202
MAX_WAIT = 10
MAX_KEY = 100


class KeyReused(KernelError):
    """The same Idempotency-Key came with another body."""

    status = 422
    code = "idempotency_key_reused"


class KernelView(APIView):
    """An APIView with an actor; personal answers are never stored (P8)."""

    @property
    def actor(self) -> Actor:
        """Who asks."""
        return actor_of(self.request)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse text in the query that no database can hold (C4)."""
        super().initial(request, *args, **kwargs)
        for name, values in request.query_params.lists():
            for text in (name, *values):
                check_text(text)

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        """Forbid caches to keep answers to somebody; 304 when the asker holds this version."""
        done = super().finalize_response(request, response, *args, **kwargs)
        if not done.has_header("Cache-Control"):
            done["Cache-Control"] = "no-store"
        return _unless_known(request, done)


def _unless_known(request: Request, response: Response) -> Response:
    """304 without a body when `If-None-Match` names the ETag of what would be read again."""
    known = request.META.get("HTTP_IF_NONE_MATCH") and response.status_code == HTTP_OK
    if not known or request.method not in {"GET", "HEAD"} or not response.has_header("ETag"):
        return response
    answer: Any = get_conditional_response(
        request._request, etag=response["ETag"], response=response
    )
    return cast("Response", answer)


class KernelViewSet(ViewSetMixin, KernelView):
    """A viewset of explicit actions; each calls a query or a service."""

    pagination_class = Pages
    lookup_field = "id"
    lookup_value_regex = "[^/]+"


def etag_of(version: int) -> str:
    """The ETag of an editable object's version."""
    return f'"{version}"'


def expected_version(request: Request) -> int | None:
    """The version that If-Match names, None without the header; raises Stale when unreadable."""
    header = request.META.get("HTTP_IF_MATCH", "").strip()
    if header in {"", "*"}:
        return None
    text = header.removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdigit()):
        raise Stale
    return int(text[:9])


def versioned(data: Any, version: int, status: int = 200) -> Response:
    """An answer with its ETag."""
    return Response(data, status=status, headers={"ETag": etag_of(version)})


def job_response(request: Request, job: Job) -> Response:
    """202 {job}, or 200 with the result when `Prefer: wait=n` saw it end within n <= 10 s."""
    deadline = time.monotonic() + _preferred_wait(request)
    while not job.finished and time.monotonic() < deadline:
        time.sleep(0.1)
        job.refresh_from_db()
    status = 200 if job.finished else 202
    data = {"job": describe(job)}
    return Response(data, status=status, headers=_where(data, status))


def _where(data: Any, status: int) -> dict[str, str]:
    """The address at which a job that still runs is followed (RFC 9110, 15.3.3)."""
    if status != HTTP_ACCEPTED or not isinstance(data, dict) or "job" not in data:
        return {}
    return {"Location": f"/api/v1/jobs/{data['job']['id']}/"}


def _preferred_wait(request: Request) -> float:
    for part in request.META.get("HTTP_PREFER", "").split(","):
        name, _, value = part.strip().partition("=")
        if name.strip().lower() == "wait" and value.strip().isascii() and value.strip().isdigit():
            return float(min(int(value.strip()[:4]), MAX_WAIT))
    return 0.0


def idempotent(
    method: Callable[..., Response],
) -> Callable[..., Response]:
    """Honour `Idempotency-Key` on a creating POST: 24 h per actor and route.

    Another body under the same key is 422, a request still in flight 409. Answers above 499 are
    not kept, so that they can be tried again.
    """

    def wrapped(self: KernelView, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.META.get("HTTP_IDEMPOTENCY_KEY", "")
        if not key or self.actor.user_id is None:
            return method(self, request, *args, **kwargs)
        if len(key) > MAX_KEY or not key.isascii() or not key.isprintable():
            raise Invalid(f"Idempotency-Key must be at most {MAX_KEY} plain characters.")
        row, fresh = _keep(self.actor.user_id, request, key)
        if not fresh:
            return _answer_again(row, request)
        try:
            response = method(self, request, *args, **kwargs)
        except BaseException:
            row.delete()
            raise
        row.status, row.answer = response.status_code, _plain(response.data)
        row.save(update_fields=["status", "answer"])
        return response

    wrapped.__name__, wrapped.__doc__ = method.__name__, method.__doc__
    wrapped.__dict__.update(method.__dict__, names_key=True)
    return wrapped


def _keep(user_id: int, request: Request, key: str) -> tuple[KeptRequest, bool]:
    digest = hashlib.sha256(repr(request.data).encode("utf-8", "surrogatepass")).hexdigest()
    fields = {"user_id": user_id, "route": request.path[:200], "key": key}
    try:
        with transaction.atomic():
            return KeptRequest.objects.create(**fields, body_sha256=digest), True
    except IntegrityError:
        row = KeptRequest.objects.get(**fields)
    if row.body_sha256 != digest:
        raise KeyReused("This Idempotency-Key was used with another body.")
    return row, False


def _answer_again(row: KeptRequest, _request: Request) -> Response:
    if row.status is None:
        raise Conflict("The first request with this key is still running.", code="in_flight")
    headers = {"Idempotent-Replay": "true", **_where(row.answer, row.status)}
    return Response(row.answer, status=row.status, headers=headers)


def _plain(data: Any) -> Any:
    import orjson

    return orjson.loads(dump_json(data)) if data is not None else None
