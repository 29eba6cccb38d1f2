"""Whether an answer of the API is what its schema says: statuses, types, choices, no field more."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator

TYPES: dict[str, Any] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
}
Shape = dict[str, Any]


@cache
def schema() -> dict[str, Any]:
    """The schema as it is served."""
    return dict(SchemaGenerator().get_schema(request=None, public=True))


def unlike(door: str, response: Any) -> list[str]:
    """Where an answer of "GET /api/v1/courses/{id}/" differs from what the schema says of it."""
    method, _, path = door.partition(" ")
    said = schema()["paths"][path][method.lower()]["responses"].get(str(response.status_code))
    if said is None:
        return [f"the status {response.status_code} is not said"]
    if getattr(response, "streaming", False) or not response.content:
        return []
    kind = response.headers["Content-Type"].partition(";")[0]
    if kind not in said.get("content", {}):
        return [f"{kind} is not said"]
    if "json" not in kind:
        return []
    return misfits(said["content"][kind]["schema"], response.json())


def misfits(shape: Shape, value: Any) -> list[str]:
    """Where a value differs from a shape of the schema, in words."""
    return sorted(set(_unlike(shape, value, "")))


def _unlike(shape: Shape, value: Any, at: str) -> Iterator[str]:
    shape = _resolved(shape)
    if value is None:
        if shape and not shape.get("nullable"):
            yield f"{at} is null"
        return
    if "oneOf" in shape:
        if all(any(_unlike(one, value, at)) for one in shape["oneOf"]):
            yield f"{at} is none of the kinds"
        return
    for part in shape.get("allOf", ()):
        yield from _unlike(part, value, at)
    kind = shape.get("type", "")
    wanted: Any = TYPES.get(kind, object)
    if not isinstance(value, wanted) or (isinstance(value, bool) and kind in {"integer", "number"}):
        yield f"{at} is {type(value).__name__}, not {kind}"
    elif value not in shape.get("enum", [value]):
        yield f"{at} is {value!r}"
    elif kind == "array":
        for one in value:
            yield from _unlike(shape["items"], one, f"{at}[]")
    elif kind == "object":
        yield from _unlike_object(shape, value, at)


def _unlike_object(shape: Shape, value: dict[str, Any], at: str) -> Iterator[str]:
    known = shape.get("properties", {})
    for name in shape.get("required", ()):
        if name not in value:
            yield f"{at}.{name} is missing"
    more = shape.get("additionalProperties", "properties" not in shape)
    for name, one in value.items():
        if name in known:
            yield from _unlike(known[name], one, f"{at}.{name}")
        elif more is False:
            yield f"{at}.{name} is not said"
        elif isinstance(more, dict):
            yield from _unlike(more, one, f"{at}.*")


def _resolved(shape: Shape) -> Shape:
    while "$ref" in shape:
        shape = schema()["components"]["schemas"][shape["$ref"].rpartition("/")[2]]
    return shape
