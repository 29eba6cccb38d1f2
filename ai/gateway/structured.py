"""Replies as JSON of a pydantic model: the schema to ask for, and reading what came back (I4)."""

import re
from typing import TYPE_CHECKING, Any, TypeVar

from ai.gateway.provider import BadAnswer

if TYPE_CHECKING:
    import pydantic

Model = TypeVar("Model", bound="pydantic.BaseModel")
MAX_REPLY = 200_000
# Bounds that strict endpoints may refuse; validation holds them all the same.
_BOUNDS = frozenset({"maxLength", "minLength", "pattern", "format", "minItems", "maxItems"})
_FENCE = re.compile(r"\A\s*```(?:json)?\s*\n(.*?)\n?\s*```\s*\Z", re.DOTALL)


def schema_of(model: "type[pydantic.BaseModel]") -> dict[str, Any]:
    """The JSON schema as strict endpoints want it: closed objects, every property required."""
    closed: dict[str, Any] = _closed(model.model_json_schema())
    return closed


def without_bounds(schema: Any) -> Any:
    """The same schema without lengths and patterns, for endpoints that refuse these."""
    if isinstance(schema, list):
        return [without_bounds(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    named = schema.get("properties")
    kept = {key: without_bounds(value) for key, value in schema.items() if key not in _BOUNDS}
    if isinstance(named, dict):
        # A property may be called "format"; only keywords are bounds.
        kept["properties"] = {name: without_bounds(value) for name, value in named.items()}
    return kept


def read(reply: str, model: type[Model]) -> Model:
    """The reply as the model. Raises BadAnswer in words that help the model to repair it."""
    import pydantic

    if len(reply) > MAX_REPLY:
        raise BadAnswer("The reply is too long.")
    fenced = _FENCE.match(reply)
    text = fenced.group(1) if fenced else reply
    try:
        return model.model_validate_json(text)
    except pydantic.ValidationError as problem:
        raise BadAnswer(_words(problem)) from None
    except RecursionError:
        raise BadAnswer("The reply is nested too deeply.") from None


def _words(problem: "pydantic.ValidationError") -> str:
    """Where and what, never the value: it may repeat what people wrote."""
    found = problem.errors(include_url=False, include_input=False, include_context=False)[:3]
    places = (f"{'.'.join(map(str, item['loc'])) or 'reply'}: {item['msg']}" for item in found)
    return f"It does not fit the schema ({'; '.join(places)})."[:500]


def _closed(node: Any) -> Any:
    if isinstance(node, list):
        return [_closed(item) for item in node]
    if not isinstance(node, dict):
        return node
    names = node.get("properties")
    kept = {
        key: _closed(value)
        for key, value in node.items()
        if key not in {"title", "default", "properties"}
    }
    if isinstance(names, dict):
        kept["properties"] = {name: _closed(value) for name, value in names.items()}
        kept["required"] = list(names)
        kept["additionalProperties"] = False
    return kept
