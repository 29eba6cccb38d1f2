"""What reads `If-Match` says so in the schema, and the other way round (P4)."""

import ast
import inspect
from collections.abc import Iterator
from typing import Any

from drf_spectacular.generators import EndpointEnumerator, SchemaGenerator


def changing() -> Iterator[tuple[str, str, bool]]:
    """Method and path of each changing operation, and whether its function reads the header."""
    found: Any = EndpointEnumerator().get_api_endpoints()
    for path, _regex, method, callback in found:
        actions = getattr(callback, "actions", {}) or {}
        name = actions.get(method.lower(), method.lower())
        if method in {"PUT", "PATCH"}:
            yield method, path, "expected_version" in body_of(callback.cls, name)


def body_of(view: type, name: str) -> str:
    """The source of a view's function, under its decorators."""
    owner = next(one for one in view.__mro__ if name in vars(one))
    tree = ast.parse(inspect.getsource(owner))
    functions = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)]
    return next(ast.unparse(one) for one in functions if one.name == name)


def test_what_reads_if_match_names_it() -> None:
    schema = SchemaGenerator().get_schema(request=None, public=True)
    wrong = []
    for method, path, reads in changing():
        parameters = schema["paths"][path][method.lower()].get("parameters", [])
        if reads != any(one["name"] == "If-Match" for one in parameters):
            wrong.append(f"{method} {path}")
    assert wrong == []
