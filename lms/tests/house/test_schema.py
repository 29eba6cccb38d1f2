import io
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiYamlRenderer

from lms.kernel.rest.schema import summary_of
from lms.tests.house.tree import ROOT
from lms.tests.matrix.shapes import misfits

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


def test_every_operation_has_a_summary_that_names_its_thing(schema: dict[str, Any]) -> None:
    vague = re.compile(r"^\w+ (it|its|them)\b")
    wrong = [
        f"{method} {path}: {summary}"
        for method, path, operation in operations(schema)
        if not len((summary := operation.get("summary", "")).split()) >= 2
        or len(summary) > 100
        or vague.search(summary)
    ]
    assert wrong == []


def test_operations_of_one_path_have_different_summaries(schema: dict[str, Any]) -> None:
    found = Counter((path, operation["summary"]) for _m, path, operation in operations(schema))
    assert [told for told, times in found.items() if times > 1] == []


def test_every_query_parameter_is_described(schema: dict[str, Any]) -> None:
    silent = [
        f"{method} {path} {parameter['name']}"
        for method, path, operation in operations(schema)
        for parameter in operation.get("parameters", [])
        if parameter["in"] == "query" and not parameter.get("description")
    ]
    assert silent == []


# What a client does first; each shows what is sent and what comes back.
SHOWN = [
    "POST /api/v1/auth/token/",
    "POST /api/v1/enrolments/",
    "POST /api/v1/progress/",
    "POST /api/v1/analytics/events/",
    "GET /api/v1/analytics/risk/",
    "GET /api/v1/analytics/mastery/mine/",
    "GET /api/v1/review/",
    "POST /api/v1/review/{id}/rate/",
    "POST /api/v1/messages/",
    "POST /api/v1/direct-messages/",
    "POST /api/v1/forum/threads/",
    "GET /api/v1/notifications/",
    "POST /api/v1/calendar/events/",
    "GET /api/v1/calendar/",
]


def examples(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], Any]]:
    """Where each is (request, or the status it answers), the schema there, and its value."""
    bodies = {"request": operation.get("requestBody", {}), **operation["responses"]}
    for place, body in bodies.items():
        for content in body.get("content", {}).values():
            for example in content.get("examples", {}).values():
                yield place, content["schema"], example["value"]


@pytest.mark.parametrize("door", SHOWN)
def test_main_operations_show_what_goes_in_and_comes_out(schema: dict[str, Any], door: str) -> None:
    method, path = door.split()
    operation = schema["paths"][path][method.lower()]
    places = {place for place, _shape, _value in examples(operation)}
    assert places & {"200", "201"}
    assert "request" in places or method == "GET"


def test_every_example_is_what_the_schema_says(schema: dict[str, Any]) -> None:
    wrong = [
        f"{method} {path} {place}: {words}"
        for method, path, operation in operations(schema)
        for place, shape, value in examples(operation)
        for words in misfits(shape, value)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("description", "summary"),
    [
        ("One course.", "One course"),
        ("Enrol; 200 when in already.", "Enrol"),
        ("Give a grade. An empty\ncell too.", "Give a grade"),
        ("A file of a\ncourse.\n\nMore.", "A file of a course"),
    ],
)
def test_summary_is_the_first_sentence(description: str, summary: str) -> None:
    assert summary_of(description) == summary


def test_what_answers_twice_alike_names_the_key_once(schema: dict[str, Any]) -> None:  # P3
    for path in ("/api/v1/enrolments/", "/api/v1/messages/", "/api/v1/review/{id}/rate/"):
        parameters = schema["paths"][path]["post"]["parameters"]
        assert [one["name"] for one in parameters].count("Idempotency-Key") == 1


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
