"""The narrow exceptions to the content policy, and the pages of last resort."""

from collections.abc import Callable
from typing import Any

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from lms.kernel.rest.problems import TITLES
from lms.kernel.rest.wire import dump_json

View = Callable[..., HttpResponseBase]


def relaxed(view: View) -> View:
    """Swagger's own style and data images, for /api/docs/ alone."""
    decorate = csp_update({"style-src": [SELF, UNSAFE_INLINE], "img-src": [SELF, "data:"]})
    decorated: View = decorate(view)
    return decorated


def denied(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """403 of Django itself, such as a failed CSRF check."""
    return render(request, "403.html", {"detail": "", "status": 403}, status=403)


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """404; the API answers problem+json."""
    if _is_api(request):
        return _problem(request, 404, "not_found", "There is nothing at this address.")
    return render(request, "404.html", {"detail": ""}, status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """500, without anything that may be what broke."""
    if _is_api(request):
        words = "Something went wrong on our side. It was logged under this id."
        return _problem(request, 500, "server_error", words)
    return render(request, "500.html", {"error_id": getattr(request, "id", "")}, status=500)


def bad_request(request: HttpRequest, detail: str) -> HttpResponse:
    """400 before any view, in the language of the asker."""
    if _is_api(request):
        return _problem(request, 400, "bad_text", detail)
    return HttpResponse(detail, status=400, content_type="text/plain; charset=utf-8")


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def _problem(request: HttpRequest, status: int, code: str, detail: str) -> HttpResponse:
    body = {
        "type": "about:blank",
        "title": TITLES[status],
        "status": status,
        "detail": detail,
        "code": code,
        "id": getattr(request, "id", ""),
    }
    return HttpResponse(dump_json(body), status=status, content_type="application/problem+json")
