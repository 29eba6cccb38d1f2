"""Errors as RFC 9457 problem+json, in one place."""

import logging
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from lms.kernel.errors import Invalid, KernelError, NotFound, Stale, Throttled

log = logging.getLogger(__name__)

TITLES = {
    400: "Invalid request",
    401: "Sign in required",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    406: "Not acceptable",
    409: "Conflict",
    412: "Changed meanwhile",
    413: "Too large",
    415: "Unsupported media type",
    422: "Cannot be processed",
    428: "Precondition required",
    429: "Too many requests",
    500: "Server error",
    503: "Unavailable",
}


def problem(
    status: int,
    detail: str,
    *,
    code: str,
    request: Any = None,
    errors: dict[str, list[str]] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    """One problem+json answer: type, title, status, detail, code, id, and errors per field."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": TITLES.get(status, "Error"),
        "status": status,
        "detail": str(detail),
        "code": code,
        "id": getattr(getattr(request, "_request", request), "id", ""),
    }
    if errors:
        body["errors"] = errors
    response = Response(body, status=status, headers=headers)
    response.content_type = "application/problem+json"
    return response


def handle(exc: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: kernel errors and DRF's own; anything else stays a 500."""
    request = context.get("request")
    if isinstance(exc, (Http404,)):
        exc = NotFound()
    if isinstance(exc, KernelError):
        return _kernel(exc, request)
    if isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied()
    if isinstance(exc, exceptions.APIException):
        return _framework(exc, request)
    return None


def _kernel(exc: KernelError, request: Any) -> Response:
    headers: dict[str, str] = {}
    if isinstance(exc, Throttled):
        headers["Retry-After"] = str(exc.retry_after)
    if exc.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    errors = exc.errors if isinstance(exc, Invalid) else None
    code = exc.code
    status = Stale.status if isinstance(exc, Stale) else exc.status
    return problem(status, exc.detail, code=code, request=request, errors=errors, headers=headers)


def _framework(exc: exceptions.APIException, request: Any) -> Response:
    headers = {"WWW-Authenticate": "Bearer"} if exc.status_code == 401 else {}
    wait = getattr(exc, "wait", None)
    if wait is not None:
        headers["Retry-After"] = str(max(1, int(wait)))
    if isinstance(exc, exceptions.ValidationError):
        errors = _flat(exc.detail)
        first = next(iter(errors.values()))[0] if errors else "The request is not valid."
        words = first if len(errors) == 1 else "Some fields need your attention."
        return problem(400, words, code="invalid", request=request, errors=errors)
    code = str(exc.get_codes()) if isinstance(exc.detail, str) else exc.default_code
    if exc.status_code == 401:
        code = "sign_in_required"
    return problem(exc.status_code, str(exc.detail), code=code, request=request, headers=headers)


def _flat(detail: Any, path: str = "") -> dict[str, list[str]]:
    if isinstance(detail, dict):
        pairs: Iterable[tuple[Any, Any]] = detail.items()
    elif isinstance(detail, list) and any(isinstance(part, (dict, list)) for part in detail):
        pairs = enumerate(detail)
    else:
        parts = detail if isinstance(detail, list) else [detail]
        return {path or "non_field_errors": [str(part) for part in parts]}
    flat: dict[str, list[str]] = {}
    for name, part in pairs:
        flat.update(_flat(part, f"{path}.{name}" if path else str(name)) if part else {})
    return flat
