import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer

from lms.tests.house.tree import ROOT

SCHEMA = ROOT / "docs" / "api" / "schema.yml"


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    GENERATOR_STATS.reset()
    generated: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return generated


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in schema["paths"].items():
        for method, operation in item.items():
            if method != "parameters":
                yield method, path, operation


def test_schema_is_made_without_a_warning(schema: dict[str, Any]) -> None:  # P1
    warned = list(GENERATOR_STATS._warn_cache) + list(GENERATOR_STATS._error_cache)
    assert warned == []


def test_every_operation_names_who_may(schema: dict[str, Any]) -> None:  # P1
    unnamed = [f"{m} {p}" for m, p, op in operations(schema) if not op.get("x-permission")]
    assert unnamed == []


def test_every_operation_says_what_it_does(schema: dict[str, Any]) -> None:
    silent = [
        f"{method} {path}"
        for method, path, operation in operations(schema)
        if len(operation["description"].split("**Who may:**")[0].strip()) < 10
    ]
    assert silent == []


def test_every_route_is_in_the_schema(schema: dict[str, Any]) -> None:  # P1
    routes = set()
    for prefix, pattern in walk(get_resolver().url_patterns, ""):
        route = prefix + str(pattern.pattern)
        if route.startswith("api/v1/"):
            routes.add(pattern.callback)
    described = {id(route) for route in routes}
    assert len(schema["paths"]) >= len(described)


def walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, prefix + str(pattern.pattern))
        else:
            yield prefix, pattern


def test_committed_schema_is_the_one_that_is_served(schema: dict[str, Any]) -> None:
    rendered = OpenApiYamlRenderer().render(schema, renderer_context={})
    assert SCHEMA.read_bytes() == rendered, "run `make schema` and commit docs/api/schema.yml"
    assert io.BytesIO(rendered).readline().startswith(b"openapi:")
