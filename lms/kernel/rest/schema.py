"""The schema: every operation names its permission, its problems and its paging."""

import re
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import build_bearer_security_scheme_object
from drf_spectacular.utils import OpenApiExample
from rest_framework.serializers import ListSerializer

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "id": {"type": "string"},
        "errors": {
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
}
WORDS = {
    "400": "The input cannot be used; `errors` names the fields.",
    "401": "Sign in, or send a token.",
    "403": "Visible to you, but not yours to do.",
    "404": "Missing, or not visible to you.",
    "405": "This address does not know that method.",
    "406": "Only JSON is spoken here.",
    "409": "The present state refuses it; `code` says why.",
    "412": "Changed since you read it.",
    "415": "Send application/json.",
    "422": "The Idempotency-Key was used with another body.",
    "429": "Too many requests; wait `Retry-After` seconds.",
    "503": "Something this needs is down.",
}
KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "schema": {"type": "string"},
    "description": "Makes a repeated request answer like the first, for 24 hours.",
}
READ_PROBLEMS = ("400", "401", "403", "404", "405", "406", "429", "503")
WRITE_PROBLEMS = (*READ_PROBLEMS, "409", "412", "415", "422")


def shown(*, sent: Any = None, told: Any) -> list[OpenApiExample]:
    """Examples of an operation: what is sent, if anything is, and what is told."""
    found = [OpenApiExample("What is told", told, response_only=True)]
    if sent is not None:
        found.insert(0, OpenApiExample("What is sent", sent, request_only=True))
    return found


class Schema(AutoSchema):
    """drf-spectacular's schema plus `x-permission`, the words of who may do it."""

    def _is_list_view(self, serializer: Any = None) -> bool:
        """A list is what is declared with many=True, whatever the action is called."""
        if serializer is None:
            serializer = self.get_response_serializers()
        if isinstance(serializer, dict) and serializer:
            serializer = serializer[min(serializer, key=str)]
        return isinstance(serializer, ListSerializer)

    def _get_format_parameters(self) -> list[dict[str, Any]]:
        """None: what an answer is written in is asked for by `Accept`."""
        return []

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        """The operation with its permission in words: `permission_words` of the view, by action."""
        operation = super().get_operation(*args, **kwargs)
        if operation is not None:
            action = getattr(self.view, "action", None) or self.method.lower()
            if getattr(getattr(self.view, action, None), "names_key", False):
                _name_key(operation.setdefault("parameters", []))
            named = getattr(self.view, "permission_words", {})
            words = named.get(action, "") if isinstance(named, dict) else str(named)
            operation["x-permission"] = words
            description = operation.get("description", "")
            operation.setdefault("summary", summary_of(description))
            operation["description"] = f"{description}\n\n**Who may:** {words}".strip()
        return operation


def _name_key(parameters: list[dict[str, Any]]) -> None:
    """What answers twice alike says so, in the place that drf-spectacular would give it."""
    if all(one["name"] != KEY["name"] for one in parameters):
        at = next((n for n, one in enumerate(parameters) if one["in"] != "header"), 0)
        parameters.insert(at, dict(KEY))


def summary_of(description: str) -> str:
    """The first sentence of a description, without its end, for lists and generated clients."""
    first = " ".join(description.split("\n\n", 1)[0].split())
    return re.split(r"[.;](?: |$)", first)[0]


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The bearer token in the schema."""

    target_class = "lms.kernel.rest.auth.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> Any:
        return build_bearer_security_scheme_object("Authorization", "Bearer")


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The session cookie in the schema."""

    target_class = "lms.kernel.rest.auth.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> Any:
        from django.conf import settings

        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


def add_problems(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """Post-processing: document problem+json for every operation."""
    schemas = result.setdefault("components", {}).setdefault("schemas", {})
    schemas["Problem"] = PROBLEM
    for path in result["paths"].values():
        for method, operation in path.items():
            names = READ_PROBLEMS if method in {"get", "head"} else WRITE_PROBLEMS
            for status in names:
                operation["responses"].setdefault(status, _problem_response(status))
    return result


def _problem_response(status: str) -> dict[str, Any]:
    body = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {"description": WORDS[status], "content": {"application/problem+json": body}}
