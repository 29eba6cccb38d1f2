"""Every door of the site: API operations from the schema, pages from the addresses."""

import re
from collections.abc import Iterator
from functools import cache

from django.urls import URLPattern, URLResolver, get_resolver

from lms.tests.matrix.shapes import schema

# Doors of libraries with tests of their own, behind rules that a library checks.
FOREIGN = ("admin/", "accounts/", "api/schema/", "api/docs/")


@cache
def api_doors() -> frozenset[str]:
    """ "GET /api/v1/courses/{id}/" for each operation of the schema."""
    return frozenset(
        f"{method.upper()} {path}"
        for path, operations in schema()["paths"].items()
        for method in operations
        if method != "parameters"
    )


@cache
def page_doors() -> frozenset[str]:
    """ "/teach/{slug}/" for each address that is not the API's."""
    return frozenset(
        f"/{braces(route)}"
        for route in _routes(get_resolver().url_patterns, "")
        if not route.startswith(("api/", *FOREIGN))
    )


def braces(route: str) -> str:
    """An address with its changing parts in braces, from a path or a regular expression."""
    plain = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"{\1}", route)
    plain = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", plain)
    return plain.replace("^", "").replace("$", "")


def _routes(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[str]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, route)
        else:
            yield route
