"""The narrow exceptions to the content policy, and the pages of last resort."""

from collections.abc import Callable
from typing import Any

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

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
    if request.path.startswith("/api/"):
        from lms.kernel.rest.wire import dump_json

        body = {
            "type": "about:blank",
            "title": "Not found",
            "status": 404,
            "detail": "There is nothing at this address.",
            "code": "not_found",
            "id": getattr(request, "id", ""),
        }
        return HttpResponse(dump_json(body), status=404, content_type="application/problem+json")
    return render(request, "404.html", {"detail": ""}, status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """500, without anything that may be what broke."""
    if request.path.startswith("/api/"):
        from lms.kernel.rest.wire import dump_json

        body = {
            "type": "about:blank",
            "title": "Server error",
            "status": 500,
            "detail": "Something went wrong on our side. It was logged under this id.",
            "code": "server_error",
            "id": getattr(request, "id", ""),
        }
        return HttpResponse(dump_json(body), status=500, content_type="application/problem+json")
    return render(request, "500.html", {"error_id": getattr(request, "id", "")}, status=500)
