"""The hub over real sockets: order, completeness, slow readers, restarts, processes, orders."""

import asyncio
import json
import logging
import multiprocessing
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from lms.kernel import push
from lms.kernel.push import metrics
from lms.kernel.push.connection import CHARACTER_LIMIT, SLOW_READER, Connection
from lms.kernel.push.hub import _HUBS, running_hub
from lms.kernel.push.publisher import PUBLISHER, Publisher
from lms.kernel.tests.push_server import (
    PROTOCOL,
    OwnRedis,
    free_port,
    redis_or_skip,
    room_app,
    serve,
    until,
)

LAYER = "lms.sqlite_layer.SqliteChannelLayer"


@pytest.fixture(params=["sqlite", "redis"])
def bus(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> Iterator[str]:
    settings.PUSH_PREFIX = f"cairn-test-{tmp_path.name}"
    settings.REDIS_URL = redis_or_skip() if request.param == "redis" else None
    config = {"path": str(tmp_path / "layer.sqlite3"), "poll": 0.02}
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": LAYER, "CONFIG": config}}
    yield request.param
    PUBLISHER.flush()


@pytest.fixture
def port(bus: str) -> Iterator[int]:
    with serve(room_app) as number:
        yield number


async def enter(port: int, room: str, user: int = 1, **options: Any) -> ClientConnection:
    address = f"ws://127.0.0.1:{port}/{room}?user={user}"
    client = await connect(address, compression=None, open_timeout=60, **options)
    frame = json.loads(await client.recv())
    assert frame == {"type": "joined"}
    return client


async def frames(client: ClientConnection, count: int, seconds: float = 20) -> list[Any]:
    return [json.loads(await asyncio.wait_for(client.recv(), seconds)) for _ in range(count)]


async def test_hub_delivers_everything_in_order_to_a_room_of_200(port: int) -> None:
    clients = await asyncio.gather(*(enter(port, "room") for _ in range(200)))
    outsider = await enter(port, "elsewhere")
    for number in range(30):
        push.to_room("room", {"type": "message", "seq": number, "body": "x" * 100})
        await asyncio.sleep(0.005)
    got = await asyncio.gather(*(frames(client, 30) for client in clients))
    assert all([frame["seq"] for frame in one] == list(range(30)) for one in got)
    push.to_room("elsewhere", {"type": "end"})
    assert await frames(outsider, 1) == [{"type": "end"}]
    await asyncio.gather(*(client.close() for client in [*clients, outsider]))


@pytest.mark.parametrize("ws", ["auto", PROTOCOL])
async def test_frames_keep_order_whichever_way_they_go(bus: str, ws: str) -> None:
    sizes = [1, 60, 125, 126, 127, 4_000, 65_000, 65_535, 65_536, 70_000, 2]
    with serve(room_app, ws=ws) as port:
        client = await enter(port, "room", max_size=None)
        (hub,) = [hub for loop, hub in _HUBS.items() if loop.is_running() and hub.rooms == ["room"]]
        (connection,) = hub.connections()

        def tell(number: int, size: int) -> None:
            long = json.dumps({"n": number, "room": "ä" * size}, ensure_ascii=False)
            hub.deliver("room", long)
            connection.send_json({"n": number, "own": True})
            hub.deliver("room", json.dumps({"n": number, "again": True}))

        for number, size in enumerate(sizes):
            hub.loop.call_soon_threadsafe(tell, number, size)
        got = await frames(client, 3 * len(sizes))
        assert [frame["n"] for frame in got] == [n for n in range(len(sizes)) for _ in range(3)]
        assert [len(frame["room"]) for frame in got if "room" in frame] == sizes
        assert ["own" in frame for frame in got[1::3]] == [True] * len(sizes)
        await client.close()


async def test_hub_person_room_reaches_only_that_person(port: int) -> None:
    mine = await enter(port, "person:7", user=7)
    other = await enter(port, "person:8", user=8)
    push.to_person(7, {"type": "notification", "id": "n1"})
    push.to_person(8, {"type": "notification", "id": "n2"})
    assert await frames(mine, 1) == [{"type": "notification", "id": "n1"}]
    assert await frames(other, 1) == [{"type": "notification", "id": "n2"}]
    await mine.close()
    await other.close()


async def test_hub_leaves_no_room_behind(port: int, bus: str) -> None:
    client = await enter(port, "room")
    (hub,) = [hub for loop, hub in _HUBS.items() if loop.is_running() and hub.rooms == ["room"]]
    assert len(hub.connections()) == 1
    await client.close()
    await until(lambda: not hub.rooms)


async def test_hub_closes_sockets_of_a_person_everywhere(port: int) -> None:  # R5
    rooms = [await enter(port, room, user=5) for room in ("a", "b")]
    other = await enter(port, "a", user=6)
    push.close_person(5, 4401)
    for client in rooms:
        with pytest.raises(ConnectionClosed):
            await asyncio.wait_for(client.recv(), 10)
        assert client.close_code == 4401
    push.to_room("a", {"type": "still"})
    assert await frames(other, 1) == [{"type": "still"}]
    await other.close()


async def test_hub_closes_one_room_of_a_person(port: int) -> None:  # R5
    left, kept = await enter(port, "a", user=5), await enter(port, "b", user=5)
    push.close_room_member("a", 5, 4403)
    with pytest.raises(ConnectionClosed):
        await asyncio.wait_for(left.recv(), 10)
    assert left.close_code == 4403
    push.to_room("b", {"type": "still"})
    assert await frames(kept, 1) == [{"type": "still"}]
    await kept.close()


async def test_hub_slow_reader_is_closed_and_delays_nobody(port: int) -> None:
    slow = socket.create_connection(("127.0.0.1", port))
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    slow.sendall(
        b"GET /room?user=9 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    assert b"101" in slow.recv(2000)
    quick = await enter(port, "room")
    before = metrics.SLOW_READERS._value.get()
    reader = asyncio.create_task(frames(quick, 1500))
    for number in range(1500):  # 12 MB: more than the kernel keeps for a reader that never reads
        push.to_room("room", {"type": "m", "seq": number, "body": "x" * 8000})
        if number % 10 == 0:
            await asyncio.sleep(0.005)
    assert [frame["seq"] for frame in await reader] == list(range(1500))
    assert metrics.SLOW_READERS._value.get() == before + 1
    await quick.close()
    slow.close()


async def test_connection_tells_a_slow_reader_4408_when_it_reads_again() -> None:
    sent: list[Any] = []
    gate = asyncio.Event()

    async def send(event: Any) -> None:
        await gate.wait()
        sent.append(event)

    connection = Connection(send, user_id=1, frames=10)
    for number in range(12):
        connection.send_json({"n": number})
        await asyncio.sleep(0)
    assert connection.close_code == SLOW_READER
    connection.send_json({"n": "late"})
    gate.set()
    await until(lambda: len(sent) == 2)
    assert sent == [
        {"type": "websocket.send", "text": '{"n":0}'},  # was on its way already
        {"type": "websocket.close", "code": SLOW_READER},
    ]
    connection.close(1000)
    assert connection.close_code == SLOW_READER
    await connection.gone()


async def test_connection_bounds_characters_too() -> None:
    async def send(event: Any) -> None:
        await asyncio.Event().wait()

    connection = Connection(send, user_id=1)
    for _ in range(3):
        connection.send_json({"body": "x" * (CHARACTER_LIMIT // 3)})
        await asyncio.sleep(0)
    assert not connection.closed
    connection.send_json({"body": "x" * (CHARACTER_LIMIT // 3)})
    assert connection.close_code == SLOW_READER
    await connection.gone()
    assert connection.closed


async def test_connection_that_broke_in_a_send_is_closed() -> None:
    async def send(event: Any) -> None:
        raise OSError("gone")

    connection = Connection(send, user_id=1)
    connection.send_json({"n": 1})
    await until(lambda: connection.closed)
    assert connection.close_code == 1006
    await connection.gone()


async def test_connection_counts_open_sockets() -> None:
    async def send(event: Any) -> None:
        return

    before = metrics.CONNECTIONS._value.get()
    connection = Connection(send, user_id=1)
    await asyncio.sleep(0)
    assert metrics.CONNECTIONS._value.get() == before + 1
    await connection.gone()
    assert metrics.CONNECTIONS._value.get() == before


def _talk(settings_values: dict[str, Any], room: str) -> None:
    from django.conf import settings as live

    for name, value in settings_values.items():
        setattr(live, name, value)
    for number in range(20):
        push.to_room(room, {"type": "n", "seq": number})
        time.sleep(0.01)
    push.close_person(3, 4401)
    assert PUBLISHER.flush(5)


async def test_hub_hears_another_process(port: int, settings: Any) -> None:
    client = await enter(port, "room", user=3)
    names = ("PUSH_PREFIX", "REDIS_URL", "CHANNEL_LAYERS")
    values = {name: getattr(settings, name) for name in names}
    # Not forked: this process has threads that may hold locks of SQLite at that moment.
    worker = multiprocessing.get_context("spawn").Process(target=_talk, args=(values, "room"))
    await asyncio.to_thread(worker.start)
    got = await frames(client, 20, seconds=60)
    assert [frame["seq"] for frame in got] == list(range(20))
    with pytest.raises(ConnectionClosed):
        await asyncio.wait_for(client.recv(), 10)
    assert client.close_code == 4401
    await asyncio.to_thread(worker.join, 10)
    assert worker.exitcode == 0


async def test_hub_own_messages_arrive_once(port: int) -> None:
    client = await enter(port, "room")
    push.to_room("room", {"n": 1})
    await asyncio.sleep(0.3)
    push.to_room("room", {"n": 2})
    assert await frames(client, 2) == [{"n": 1}, {"n": 2}]
    await client.close()


async def test_hub_survives_a_redis_restart(settings: Any, tmp_path: Path) -> None:
    server = OwnRedis(tmp_path)
    server.start()
    settings.PUSH_PREFIX, settings.REDIS_URL = "cairn-test", server.url
    try:
        with serve(room_app) as port:
            client = await enter(port, "room")
            push.to_room("room", {"n": 1})
            assert await frames(client, 1) == [{"n": 1}]
            server.stop()
            assert await frames(client, 1) == [{"type": "relay", "state": "down"}]
            push.to_room("room", {"n": 2})  # this process's own sockets need no relay
            assert await frames(client, 1) == [{"n": 2}]
            late = await connect(f"ws://127.0.0.1:{port}/other", compression=None)
            assert await frames(late, 2) == [
                {"type": "relay", "state": "down"},
                {"type": "joined"},
            ]
            server.start()
            assert await frames(client, 1) == [{"type": "relay", "state": "up"}]
            assert await frames(late, 1) == [{"type": "relay", "state": "up"}]
            await asyncio.sleep(1.1)  # the publisher rests for a second after a failure
            push.to_room("room", {"n": 3})
            assert await frames(client, 1) == [{"n": 3}]
            push.to_room("other", {"n": 4})
            assert await frames(late, 1) == [{"n": 4}]
            await client.close()
            await late.close()
    finally:
        server.stop()


def test_push_with_dead_redis_returns_at_once(
    settings: Any, caplog: pytest.LogCaptureFixture
) -> None:  # R7
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    failed = metrics.FAILED._value.get()
    began = time.monotonic()
    with caplog.at_level(logging.WARNING, logger="cairn.push"):
        for number in range(50):
            push.to_room("room", {"n": number})
        push.close_person(1, 4401)
        push.close_room_member("room", 1, 4403)
        assert time.monotonic() - began < 3  # 52 waits of 0.3 s would be 16
        assert PUBLISHER.flush(3)
    assert metrics.FAILED._value.get() == failed + 52
    assert 1 <= len(caplog.records) <= 2
    assert "ConnectionError" in caplog.text
    PUBLISHER._rest_until = 0


def test_push_with_deaf_redis_waits_in_no_request(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        settings.REDIS_URL = f"redis://127.0.0.1:{deaf.getsockname()[1]}/0"
        began = time.monotonic()
        for number in range(20):
            push.to_room("room", {"n": number})
        assert time.monotonic() - began < 2  # 20 waits of 0.3 s would be 6
        assert PUBLISHER.flush(10)
    PUBLISHER._rest_until = 0


def test_publisher_bounds_its_queue(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lms.kernel.push.publisher.QUEUE_LIMIT", 5)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        settings.REDIS_URL = f"redis://127.0.0.1:{deaf.getsockname()[1]}/0"
        publisher = Publisher()
        for _ in range(20):
            publisher.put("room", "{}")
        assert len(publisher._queue) <= 5
        assert not publisher.flush(0.01)
        assert publisher.flush(5)


async def test_push_without_any_bus_stays_in_the_process(settings: Any) -> None:
    settings.REDIS_URL, settings.CHANNEL_LAYERS = None, {}
    sent: list[Any] = []

    async def send(event: Any) -> None:
        sent.append(json.loads(event["text"]))

    connection = Connection(send, user_id=4)
    hub = running_hub()
    assert running_hub() is hub
    await hub.join("room", connection)
    await asyncio.to_thread(push.to_room, "room", {"n": 1})
    await until(lambda: sent == [{"n": 1}])
    await hub.leave(connection)
    await connection.gone()
    await hub.stop()
    PUBLISHER.flush()


async def test_push_over_a_layer_without_the_shortcut(settings: Any) -> None:
    memory = {"BACKEND": "channels.layers.InMemoryChannelLayer"}
    settings.REDIS_URL, settings.CHANNEL_LAYERS = None, {"default": memory}
    await asyncio.to_thread(push.to_room, "room", {"n": 1})
    assert await asyncio.to_thread(PUBLISHER.flush)


async def test_hub_keeps_threads_apart(port: int) -> None:
    client = await enter(port, "room")

    def talk(name: int) -> None:
        for number in range(40):
            push.to_room("room", {"from": name, "n": number})

    threads = [threading.Thread(target=talk, args=(name,)) for name in range(6)]
    for thread in threads:
        thread.start()
    got = await frames(client, 240)
    for thread in threads:
        thread.join()
    for name in range(6):
        assert [frame["n"] for frame in got if frame["from"] == name] == list(range(40))
    await client.close()
