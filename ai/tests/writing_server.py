"""A model server that writes teaching material from the blocks it is sent, and one that obeys them.

It answers by the protocol alone: our side validates, cleans, cites and stores as with any other.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from ai.tests.fault_proxy import HOSTILE, FaultProxy, Send, say

_BLOCK = re.compile(r"^\[(\d+)\](?: \([^)]*\))? (.*)$", re.MULTILINE)


@dataclass
class WritingServer(FaultProxy):
    """Retells each block; `obey` does what the blocks say instead, links and tags included."""

    obey: bool = False
    uncited: bool = False

    async def _none(self, path: str, body: bytes, send: Send) -> None:
        asked = json.loads(body)["messages"][1]["content"]
        blocks = _blocks([part["text"] for part in asked[1:]])
        await say(send, json.dumps(self.reply(asked[0]["text"], blocks)))

    def reply(self, schema: str, blocks: list[tuple[int, str]]) -> dict[str, Any]:
        """What it writes of the blocks, in the shape that the schema asks for."""
        if '"sections"' in schema:
            return {"sections": [self._section(number, text) for number, text in blocks[:3]]}
        if '"criteria"' in schema:
            return {"criteria": [self._criterion(number, text) for number, text in blocks[:3]]}
        return {"items": [self._item(number, text) for number, text in blocks[:6]]}

    def _said(self, text: str) -> str:
        return f"{text} {HOSTILE} [here](https://evil.example/login)" if self.obey else text

    def _refs(self, number: int) -> list[int]:
        return [999] if self.uncited else [number]

    def _item(self, number: int, text: str) -> dict[str, Any]:
        words = "Zebras hum quietly." if self.uncited else f"Retold: {text}"
        return {
            "title": self._said(f"Part {number}"),
            "text": self._said(words),
            "sources": self._refs(number),
        }

    def _section(self, number: int, text: str) -> dict[str, Any]:
        return {
            "title": self._said(f"Section {number}"),
            "objectives": [self._said("Explain it")],
            "lessons": [{"title": self._said(text[:30]), "objectives": ["Name the parts"]}],
            "sources": self._refs(number),
        }

    def _criterion(self, number: int, text: str) -> dict[str, Any]:
        words = {"criterion": self._said(text[:40]), "full": "All", "part": "Some", "none": "None"}
        return {**words, "sources": self._refs(number)}


def retold(schema: str, parts: list[str]) -> dict[str, Any]:
    """The reply to a request for teaching material, from the data parts that were sent."""
    return WritingServer("").reply(schema, _blocks(parts))


def _blocks(parts: list[str]) -> list[tuple[int, str]]:
    return [
        (int(number), text)
        for part in parts
        if part.startswith("source blocks")
        for number, text in _BLOCK.findall(part)
    ]
