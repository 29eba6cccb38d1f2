"""Request id, actor, health answers, and kernel errors as pages."""

import logging
import re
import secrets
from collections.abc import Callable
from contextvars import ContextVar
from typing import cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from lms.kernel import actors
from lms.kernel.actors import Actor
from lms.kernel.errors import KernelError, NotFound, SignInRequired, Throttled
from lms.kernel.web.address import address_of
from lms.kernel.web.docs import bad_request
from lms.kernel.web.health import answer

GetResponse = Callable[[HttpRequest], HttpResponse]
PREVIEW_KEY = "preview_course_id"
_request_id: ContextVar[str] = ContextVar("request_id", default="-")
_GOOD_ID = re.compile(r"^[A-Za-z0-9-]{8,64}$")


class ActorRequest(HttpRequest):
    """A request that went through `ActorMiddleware`."""

    actor: Actor
    id: str


def actor_of(request: HttpRequest) -> Actor:
    """The actor that the middleware put on the request."""
    return cast("Actor", getattr(request, "actor", actors.ANONYMOUS))


class RequestIdFilter(logging.Filter):
    """Put the request's id on every log line."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = _request_id.get()
        return True


class RequestIdMiddleware:
    """Give every request an id, shown in errors and logs."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        own = given if _GOOD_ID.match(given) else secrets.token_hex(8)
        request.id = own  # type: ignore[attr-defined]
        token = _request_id.set(own)
        try:
            response = self.get_response(request)
        finally:
            _request_id.reset(token)
        response["X-Request-Id"] = own
        return response


class PlainTextMiddleware:
    """Refuse NUL in addresses and forms before any database sees it (C4)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return bad_request(request, "The address has a NUL character.")
        return self.get_response(request)


class HealthMiddleware:
    """Answer /healthz, /readyz and /metrics before sessions and everything that may be down."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return answer(request) or self.get_response(request)


class ActorMiddleware:
    """Put the actor on the request: the session's person, in preview where they chose it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        actor = actors.ANONYMOUS
        if request.user.is_authenticated:
            actor = actors.for_user(request.user, f"session:{request.session.session_key}")
            previewed = request.session.get(PREVIEW_KEY)
            if previewed is not None:
                actor = actor.previewing(int(previewed))
        request.actor = actor.at(address_of(request))  # type: ignore[attr-defined]
        return self.get_response(request)


class ErrorPageMiddleware:
    """Show kernel errors as pages; the API has its own handler and never gets here."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        """Redirect to sign-in, or a page with the error's words and status."""
        if not isinstance(problem, KernelError):
            return None
        if isinstance(problem, SignInRequired):
            return _to_sign_in(request)
        if isinstance(problem, NotFound):
            return render(request, "404.html", {"detail": problem.detail}, status=404)
        context = {"detail": problem.detail, "status": problem.status}
        response = render(request, "403.html", context, status=problem.status)
        if isinstance(problem, Throttled):
            response["Retry-After"] = str(problem.retry_after)
        return response


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if getattr(request, "htmx", False):
        response = HttpResponse(status=200)
        response["HX-Redirect"] = "/accounts/login/"
        return response
    query = urlencode({"next": request.get_full_path()})
    return HttpResponseRedirect(f"/accounts/login/?{query}")
