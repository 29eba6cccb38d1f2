"""A tiny socket server over the hub, for tests with real connections."""

import asyncio
import contextlib
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import redis
import uvicorn

from lms.kernel.push.connection import WIRE, Connection
from lms.kernel.push.hub import running_hub

PROTOCOL = "lms.websocket:RoomProtocol"
REDIS_URL = os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379/0"


def redis_or_skip() -> str:
    """The address of a Redis that answers; skips the test with the reason otherwise."""
    try:
        redis.Redis.from_url(REDIS_URL, socket_connect_timeout=0.3, socket_timeout=0.3).ping()
    except redis.RedisError as error:
        pytest.skip(f"no Redis at {REDIS_URL}: {type(error).__name__}")
    return REDIS_URL


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class OwnRedis:
    """A redis-server of the test's own, that may be stopped."""

    def __init__(self, folder: Path) -> None:
        if shutil.which("redis-server") is None:
            pytest.skip("no redis-server program to start")
        self.port = free_port()
        self.folder = folder
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        arguments = ["--port", str(self.port), "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(
            ["redis-server", *arguments, "--dir", str(self.folder)],
            stdout=subprocess.DEVNULL,
        )
        client = redis.Redis.from_url(self.url)
        for _ in range(200):
            with contextlib.suppress(redis.RedisError):
                client.ping()
                break
            time.sleep(0.02)
        client.close()

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


async def room_app(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[Any]],
    send: Callable[[Any], Awaitable[None]],
) -> None:
    """`/room?user=5`: joins the room; echoes nothing."""
    await receive()
    user_id = int(parse_qs(scope["query_string"].decode()).get("user", ["1"])[0])
    await send({"type": "websocket.accept"})
    wire = scope["extensions"].get(WIRE)
    connection = Connection(send, user_id=user_id, frames=256, wire=wire)
    hub = running_hub()
    await hub.join(scope["path"].strip("/"), connection)
    connection.send_json({"type": "joined"})
    while (await receive())["type"] != "websocket.disconnect":
        pass
    await hub.leave(connection)
    await connection.gone()


@contextlib.contextmanager
def serve(application: Any, port: int = 0, *, ws: str = PROTOCOL) -> Iterator[int]:
    """Run the application under uvicorn in a thread, as the product does; gives its port."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    config = uvicorn.Config(
        application, log_level="warning", lifespan="off", ws=ws, ws_per_message_deflate=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(5)
        listener.close()


async def until(condition: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait until the condition holds; fails the test when it does not."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        await asyncio.sleep(0.01)
