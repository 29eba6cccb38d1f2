"""A scripted model server on loopback that speaks chat completions and counts what it charges.

A reply is a string, something that is written as JSON, or a function of the request's body. One
token is one word with the space before it; the prompt costs one token a word.
"""

import asyncio
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn

from ai.tests.fault_proxy import Message, Receive, Send, _body, _reply, _start, free_port

Reply = Any | Callable[[dict[str, Any]], Any]
_TOKEN = re.compile(r"\s*\S+|\s+")


@dataclass
class FakeModel:
    """`replies` are given in turn, the last again and again; `requests` are the bodies that came.

    `told` are the tokens in and out that it says a whole reply cost, instead of what it did.
    `usage` says when a stream tells what it cost: "last", "each" chunk or "never". `pause` is in
    seconds between two chunks. `tokens_in` and `tokens_out` are what was charged for so far.
    """

    replies: list[Reply] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    usage: str = "last"
    told: tuple[int, int] | None = None
    pause: float = 0.0
    break_after: int | None = None
    tokens_in: int = 0
    tokens_out: int = 0
    url: str = ""

    def reset(self) -> None:
        """As new, at the same address."""
        self.replies, self.requests = [], []
        self.usage, self.pause, self.break_after = "last", 0.0, None
        self.told = None
        self.tokens_in = self.tokens_out = 0

    @property
    def said(self) -> list[str]:
        """All text of the requests that came, one string each."""
        return [json.dumps(request["messages"], ensure_ascii=False) for request in self.requests]

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """One ASGI request."""
        if scope["type"] != "http":
            return
        asked = json.loads(b"".join([part async for part in _body(receive)]) or b"{}")
        self.requests.append(asked)
        reply = self._next(asked)
        text = reply if isinstance(reply, str) else json.dumps(reply)
        read = sum(len(_words(message["content"])) for message in asked.get("messages", []))
        self.tokens_in += read
        if asked.get("stream"):
            await self._stream(send, text, read)
        else:
            await self._whole(send, text, read)

    def _next(self, asked: dict[str, Any]) -> Any:
        reply = self.replies[0] if self.replies else "Yes."
        if len(self.replies) > 1:
            self.replies.pop(0)
        return reply(asked) if callable(reply) else reply

    async def _whole(self, send: Send, text: str, read: int) -> None:
        wrote = len(_TOKEN.findall(text))
        self.tokens_out += wrote
        message = {"role": "assistant", "content": text}
        body = _chunk({"index": 0, "finish_reason": "stop", "message": message})
        body["object"] = "chat.completion"
        body["usage"] = _usage(*(self.told or (read, wrote)))
        await asyncio.sleep(self.pause)
        await _reply(send, 200, json.dumps(body).encode())

    async def _stream(self, send: Send, text: str, read: int) -> None:
        await _start(send, 200, [(b"content-type", b"text/event-stream")])
        for wrote, token in enumerate(_TOKEN.findall(text), 1):
            if self.break_after is not None and wrote > self.break_after:
                await send({"type": "http.response.body", "body": b""})
                return
            self.tokens_out += 1
            body = _chunk({"index": 0, "finish_reason": None, "delta": {"content": token}})
            if self.usage == "each":
                body["usage"] = _usage(read, wrote)
            await _event(send, json.dumps(body))
            await asyncio.sleep(self.pause)
        await _event(send, json.dumps(_chunk({"index": 0, "finish_reason": "stop", "delta": {}})))
        if self.usage != "never":
            last = {**_chunk(), "usage": _usage(read, len(_TOKEN.findall(text)))}
            await _event(send, json.dumps(last))
        await _event(send, "[DONE]")
        await send({"type": "http.response.body", "body": b""})


def _words(content: Any) -> list[str]:
    if isinstance(content, str):
        return content.split()
    return [word for part in content for word in part["text"].split()]


def _chunk(*choices: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": "fake",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "fake",
        "choices": list(choices),
    }


def _usage(read: int, wrote: int) -> dict[str, int]:
    return {"prompt_tokens": read, "completion_tokens": wrote, "total_tokens": read + wrote}


async def _event(send: Send, data: str) -> None:
    await send(
        {"type": "http.response.body", "body": f"data: {data}\n\n".encode(), "more_body": True}
    )


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """The ASGI app in a thread of its own until the block ends; its address with /v1."""
    port = free_port()
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.02)
    yield f"http://127.0.0.1:{port}/v1"
    server.should_exit = True
    server.force_exit = True
    thread.join(5)
