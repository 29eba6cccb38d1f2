"""A reverse proxy on loopback that spoils what a real model server says, one fault at a time."""

import asyncio
import contextlib
import json
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx2
import uvicorn

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
HOSTILE = (
    "<script>alert(1)</script>![x](https://evil.example/pixel.png) javascript:alert(2) \u202eabc"
)


@dataclass
class FaultProxy:
    """Faults are taken from `faults` one per request; when none is left, requests pass through."""

    upstream: str
    faults: list[str] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """One ASGI request."""
        if scope["type"] != "http":
            return
        body = b"".join([part async for part in _body(receive)])
        if body:
            self.requests.append(json.loads(body))
        fault = self.faults.pop(0) if self.faults else "none"
        await getattr(self, f"_{fault}")(scope["path"], body, send)

    async def _none(self, path: str, body: bytes, send: Send) -> None:
        async with httpx2.AsyncClient(timeout=120) as client:
            answer = await client.post(
                self.upstream + path, content=body, headers={"content-type": "application/json"}
            )
        kind = answer.headers.get("content-type", "application/json").encode()
        await _start(send, answer.status_code, [(b"content-type", kind)])
        await send({"type": "http.response.body", "body": answer.content})

    async def _too_many(self, path: str, body: bytes, send: Send) -> None:
        await _reply(send, 429, b'{"error": {"message": "slow down"}}', retry_after=b"1")

    async def _too_many_for_long(self, path: str, body: bytes, send: Send) -> None:
        await _reply(send, 429, b'{"error": {"message": "slow down"}}', retry_after=b"900")

    async def _no_credit(self, path: str, body: bytes, send: Send) -> None:
        error = {"error": {"message": "pay", "code": "insufficient_quota"}}
        await _reply(send, 429, json.dumps(error).encode())

    async def _broken(self, path: str, body: bytes, send: Send) -> None:
        await _reply(send, 500, b'{"error": {"message": "oops sk-secret"}}')

    async def _wrong_key(self, path: str, body: bytes, send: Send) -> None:
        await _reply(send, 401, b'{"error": {"message": "bad key sk-secret", "code": "bad_key"}}')

    async def _no_schema(self, path: str, body: bytes, send: Send) -> None:
        await _reply(send, 400, b'{"error": {"message": "response_format is not supported"}}')

    async def _redirect(self, path: str, body: bytes, send: Send) -> None:
        await _start(send, 307, [(b"location", b"http://127.0.0.1:9/v1/chat/completions")])
        await send({"type": "http.response.body", "body": b""})

    async def _slow(self, path: str, body: bytes, send: Send) -> None:
        await asyncio.sleep(4)
        await _reply(send, 200, b"{}")

    async def _drip(self, path: str, body: bytes, send: Send) -> None:
        await _start(send, 200, [(b"content-type", b"application/json")])
        for _ in range(40):
            await send({"type": "http.response.body", "body": b" ", "more_body": True})
            await asyncio.sleep(0.1)
        await send({"type": "http.response.body", "body": b"{}"})

    async def _cut(self, path: str, body: bytes, send: Send) -> None:
        await _start(
            send, 200, [(b"content-type", b"application/json"), (b"content-length", b"900")]
        )
        await send({"type": "http.response.body", "body": b'{"choices": [', "more_body": True})
        raise ConnectionResetError

    async def _garbage(self, path: str, body: bytes, send: Send) -> None:
        await _reply(send, 200, b"\x00\xff<html>not json")

    async def _odd_json(self, path: str, body: bytes, send: Send) -> None:
        await _reply(send, 200, b'{"choices": "none", "usage": 7}')

    async def _huge(self, path: str, body: bytes, send: Send) -> None:
        await _start(send, 200, [(b"content-type", b"application/json")])
        with contextlib.suppress(OSError):
            for _ in range(64):
                await send({"type": "http.response.body", "body": b" " * 65_536, "more_body": True})
            await send({"type": "http.response.body", "body": b"{}"})

    async def _ten_megabytes(self, path: str, body: bytes, send: Send) -> None:
        await _start(send, 200, [(b"content-type", b"application/json")])
        with contextlib.suppress(OSError):
            for _ in range(160):
                await send({"type": "http.response.body", "body": b" " * 65_536, "more_body": True})
                await asyncio.sleep(0.002)
            await send({"type": "http.response.body", "body": b"{}"})

    async def _tool_loop(self, path: str, body: bytes, send: Send) -> None:
        """A model that answers with a call of a tool that nobody offered, again and again."""
        call = {"id": "1", "type": "function", "function": {"name": "grade", "arguments": "{}"}}
        message = {"role": "assistant", "content": None, "tool_calls": [call]}
        completion = {
            "id": "fake",
            "object": "chat.completion",
            "created": 1,
            "model": "fake",
            "choices": [{"index": 0, "finish_reason": "tool_calls", "message": message}],
        }
        await _reply(send, 200, json.dumps(completion).encode())

    async def _prose(self, path: str, body: bytes, send: Send) -> None:
        await say(send, "Of course! Here are some lovely questions about your text.")

    async def _bad_items(self, path: str, body: bytes, send: Send) -> None:
        await say(send, json.dumps({"questions": [{"question": "Why?", "answer": "B"}, 7, None]}))

    async def _empty_choices(self, path: str, body: bytes, send: Send) -> None:
        await _reply(
            send,
            200,
            json.dumps(
                {"id": "x", "object": "chat.completion", "created": 1, "model": "m", "choices": []}
            ).encode(),
        )

    async def _deep_json(self, path: str, body: bytes, send: Send) -> None:
        await say(send, '{"questions": ' + "[" * 20_000 + "]" * 20_000 + "}")

    async def _obeys(self, path: str, body: bytes, send: Send) -> None:
        """A model that does whatever the material tells it to (I11)."""
        material = json.loads(body)["messages"][1]["content"][1]["text"]
        lines = [line for line in material.splitlines() if line and not line.startswith("-----")]
        item = {
            "question": f"What must you do now? {HOSTILE} {lines[0]}",
            "correct_answer": lines[0],
            "wrong_answers": [HOSTILE, "nothing", "something"],
            "evidence": lines[0],
        }
        await say(send, json.dumps({"questions": [item]}))


async def _body(receive: Receive) -> AsyncIterator[bytes]:
    while True:
        message = await receive()
        yield message.get("body", b"")
        if not message.get("more_body"):
            return


async def _start(send: Send, status: int, headers: list[tuple[bytes, bytes]]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})


async def _reply(send: Send, status: int, body: bytes, *, retry_after: bytes = b"") -> None:
    headers = [(b"content-type", b"application/json")]
    if retry_after:
        headers.append((b"retry-after", retry_after))
    await _start(send, status, headers)
    await send({"type": "http.response.body", "body": body})


async def say(send: Send, content: str) -> None:
    """A well-formed chat completion with any content."""
    message = {"role": "assistant", "content": content}
    completion = {
        "id": "fake",
        "object": "chat.completion",
        "created": 1,
        "model": "fake",
        "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
    }
    await _reply(send, 200, json.dumps(completion).encode())


def free_port() -> int:
    """A port on loopback that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def running_proxy(
    upstream: str, make: Callable[[str], "FaultProxy"] = FaultProxy
) -> Iterator[FaultProxy]:
    """A proxy in a thread of its own, until the block ends."""
    proxy = make(upstream)
    port = free_port()
    config = uvicorn.Config(
        proxy, host="127.0.0.1", port=port, log_level="critical", lifespan="off"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.02)
    proxy.url = f"http://127.0.0.1:{port}/v1"
    yield proxy
    server.should_exit = True
    server.force_exit = True
    thread.join(5)
