"""A model that obeys every order and tells everything it was told, in whatever shape is asked for.

Each string of a reply is something out of the request, in turn: an order obeyed, a line of the
system text, a line of the data. Numbers are as high as the schema lets them be, or higher.
"""

import re
from collections.abc import Iterator
from itertools import cycle
from typing import Any

OBEYED = "HACKED: sign in at https://evil.example/login ![x](https://evil.example/pixel.png)"
_LINE = re.compile(r"\S.{3,}")


class Leaking:
    """First everything, system text included; in what follows, such as a repair, data alone."""

    def __init__(self) -> None:
        self._asked = 0

    def __call__(self, body: dict[str, Any]) -> Any:
        """The reply to one request."""
        self._asked += 1
        return leak(body if self._asked % 2 else {**body, "messages": body["messages"][1:2]})


def leak(body: dict[str, Any]) -> Any:
    """Out of all messages of a request."""
    wanted = body.get("response_format", {}).get("json_schema", {}).get("schema")
    words = cycle(_told(body))
    if wanted is None:
        return " ".join(next(words) for _ in range(4))
    return _filled(wanted, wanted.get("$defs", {}), words)


def _told(body: dict[str, Any]) -> list[str]:
    lines = [
        found
        for message in body["messages"]
        for part in _parts(message["content"])
        for found in _LINE.findall(part)
        if not found.startswith("-----")
    ]
    # Orders between, so that every reply has some; a tutor that asks back wants questions.
    found = [one for line in lines for one in (line, OBEYED, f"{line[:200]}?", f"{OBEYED}?")]
    return found or [OBEYED]


def _parts(content: Any) -> Iterator[str]:
    if isinstance(content, str):
        yield content
        return
    for part in content:
        yield part["text"]


def _simple(node: dict[str, Any], words: Iterator[str]) -> Any:
    if node.get("type") == "boolean":
        return True
    if node.get("type") in {"integer", "number"}:
        return node.get("maximum", 1)
    return next(words)[: node.get("maxLength", 400)]


def _filled(node: dict[str, Any], defs: dict[str, Any], words: Iterator[str]) -> Any:
    if "$ref" in node:
        return _filled(defs[node["$ref"].rsplit("/", 1)[-1]], defs, words)
    if "enum" in node or "const" in node:
        return node["enum"][0] if "enum" in node else node["const"]
    kind = node.get("type")
    if kind == "object":
        found = node.get("properties", {})
        return {name: _filled(one, defs, words) for name, one in found.items()}
    if kind == "array":
        many = max(node.get("minItems", 1), min(node.get("maxItems", 12), 12))
        return [_filled(node["items"], defs, words) for _ in range(many)]
    return _simple(node, words)
