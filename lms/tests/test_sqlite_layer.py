"""The contract of a channel layer, held by ours over SQLite and by channels-redis alike."""

import asyncio
import multiprocessing
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from channels.exceptions import ChannelFull
from channels.layers import get_channel_layer
from channels_redis.core import RedisChannelLayer

from lms.kernel.tests.push_server import redis_or_skip
from lms.sqlite_layer import SqliteChannelLayer

Make = Callable[..., Any]


@pytest.fixture(params=["sqlite", "redis"])
async def make(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Make]:
    made: list[Any] = []
    url = redis_or_skip() if request.param == "redis" else None

    def layer(**options: Any) -> Any:
        if url is None:
            made.append(SqliteChannelLayer(tmp_path / "layer.sqlite3", **options))
        else:
            host = {"address": url, "socket_timeout": None}
            prefix = f"cairn-test-{tmp_path.name}"
            made.append(RedisChannelLayer(hosts=[host], prefix=prefix, **options))
        return made[-1]

    yield layer
    for one in made:
        await one.flush()
    for one in made:
        await (one.close() if url is None else one.close_pools())


async def receive(layer: Any, channel: str, seconds: float = 3.0) -> Any:
    return await asyncio.wait_for(layer.receive(channel), seconds)


async def nothing(layer: Any, channel: str, seconds: float = 0.3) -> None:
    with pytest.raises(TimeoutError):
        await receive(layer, channel, seconds)


async def test_layer_delivers_to_a_channel_in_order(make: Make) -> None:
    layer = make()
    channel = await layer.new_channel()
    for number in range(20):
        await layer.send(channel, {"type": "n", "number": number})
    assert [(await receive(layer, channel))["number"] for _ in range(20)] == list(range(20))


async def test_layer_carries_text_bytes_and_nested_values(make: Make) -> None:
    layer = make()
    channel = await layer.new_channel()
    message = {"type": "x", "a": [1, {"b": None, "c": True}], "text": "ä\u2028", "raw": b"\x00\xff"}
    await layer.send(channel, message)
    assert await receive(layer, channel) == message


async def test_layer_delivers_between_processes_of_one_machine(make: Make) -> None:
    web, worker = make(), make()
    channel = await web.new_channel()
    await worker.send(channel, {"type": "from.worker"})
    assert await receive(web, channel) == {"type": "from.worker"}


async def test_layer_plain_channel_gives_each_message_to_one_reader(make: Make) -> None:
    one, two = make(), make()
    for number in range(6):
        await one.send("tasks", {"type": "n", "number": number})
    got = [(await receive(layer, "tasks"))["number"] for layer in (one, two, one, two, one, two)]
    assert sorted(got) == list(range(6))
    await nothing(one, "tasks")


async def test_layer_group_reaches_every_member_until_it_leaves(make: Make) -> None:
    layer = make()
    first, second = await layer.new_channel(), await layer.new_channel()
    await layer.group_add("room", first)
    await layer.group_add("room", second)
    await layer.group_send("room", {"type": "one"})
    assert await receive(layer, first) == await receive(layer, second) == {"type": "one"}
    await layer.group_discard("room", first)
    await layer.group_discard("room", "never-there")
    await layer.group_send("room", {"type": "two"})
    assert await receive(layer, second) == {"type": "two"}
    await nothing(layer, first)
    await layer.group_send("empty", {"type": "nobody"})


async def test_layer_group_membership_expires(make: Make) -> None:
    layer = make(group_expiry=1)
    channel = await layer.new_channel()
    await layer.group_add("room", channel)
    await asyncio.sleep(1.2)
    await layer.group_send("room", {"type": "late"})
    await nothing(layer, channel)


async def test_layer_message_expires_unread(make: Make) -> None:
    layer = make(expiry=1)
    channel = await layer.new_channel()
    await layer.send(channel, {"type": "old"})
    await asyncio.sleep(1.3)
    await layer.send(channel, {"type": "new"})
    assert await receive(layer, channel) == {"type": "new"}


async def test_layer_refuses_beyond_capacity_and_groups_skip_the_full_channel(make: Make) -> None:
    layer, other = make(capacity=3), make(capacity=3)
    full, free = await layer.new_channel(), await other.new_channel()
    for number in range(3):
        await layer.send(full, {"type": "n", "number": number})
    with pytest.raises(ChannelFull):
        await layer.send(full, {"type": "n", "number": 3})
    await layer.group_add("room", full)
    await layer.group_add("room", free)
    await layer.group_send("room", {"type": "group"})
    assert await receive(other, free) == {"type": "group"}
    assert [(await receive(layer, full))["number"] for _ in range(3)] == [0, 1, 2]


async def test_layer_flush_forgets_messages_and_groups(make: Make) -> None:
    layer = make()
    channel = await layer.new_channel()
    await layer.group_add("room", channel)
    await layer.send(channel, {"type": "before"})
    await layer.flush()
    await layer.group_send("room", {"type": "after"})
    await nothing(layer, channel)


async def test_layer_message_after_six_idle_seconds_arrives(make: Make) -> None:
    layer = make()
    channel = await layer.new_channel()
    waiting = asyncio.create_task(receive(layer, channel, 9))
    await asyncio.sleep(6)
    await layer.send(channel, {"type": "awake"})
    assert await waiting == {"type": "awake"}


async def test_layer_cancelled_reader_loses_nothing(make: Make) -> None:
    layer = make()
    channel = await layer.new_channel()
    await nothing(layer, channel, 0.2)
    await layer.send(channel, {"type": "kept"})
    assert await receive(layer, channel) == {"type": "kept"}


async def test_layer_refuses_bad_names_and_messages(make: Make) -> None:
    layer = make()
    with pytest.raises(TypeError):
        await layer.send("bad name", {"type": "x"})
    with pytest.raises(TypeError):
        await layer.group_add("bad name", "fine")
    with pytest.raises((TypeError, AssertionError)):
        await layer.send("fine", "text")


# --- what only ours promises ---------------------------------------------------------------


@pytest.fixture
async def sqlite_layer(tmp_path: Path) -> AsyncIterator[SqliteChannelLayer]:
    layer = SqliteChannelLayer(tmp_path / "deep" / "layer.sqlite3")
    yield layer
    await layer.close()


async def test_sqlite_layer_refuses_foreign_and_reserved(sqlite_layer: SqliteChannelLayer) -> None:
    with pytest.raises(ValueError, match="another process"):
        await sqlite_layer.receive("specific.other!x")
    with pytest.raises(ValueError, match="reserved"):
        await sqlite_layer.send("x", {"__asgi_channel__": "y"})
    with pytest.raises(TypeError, match="cannot travel"):
        await sqlite_layer.send("x", {"type": "x", "what": object()})


async def test_sqlite_layer_serves_many_threads(sqlite_layer: SqliteChannelLayer) -> None:
    channel = await sqlite_layer.new_channel()

    def talk(name: int) -> None:
        for number in range(25):
            async_to_sync(sqlite_layer.send)(channel, {"type": "n", "from": name, "n": number})

    threads = [threading.Thread(target=talk, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    got = [await receive(sqlite_layer, channel) for _ in range(200)]
    for thread in threads:
        thread.join()
    for name in range(8):
        assert [m["n"] for m in got if m["from"] == name] == list(range(25))


async def test_sqlite_layer_capacity_by_pattern(tmp_path: Path) -> None:
    layer = SqliteChannelLayer(tmp_path / "x.sqlite3", capacity=5, channel_capacity={"small*": 1})
    await layer.send("small-one", {"type": "x"})
    with pytest.raises(ChannelFull):
        await layer.send("small-one", {"type": "x"})
    await layer.send("other", {"type": "x"})
    await layer.send("other", {"type": "x"})
    await layer.close()


async def test_sqlite_layer_slow_reader_gets_the_rest_later(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite3"
    reader, writer = SqliteChannelLayer(path, capacity=3), SqliteChannelLayer(path, capacity=3)
    channel = await reader.new_channel()
    sent = 0
    for _ in range(2):  # three move to the mailbox, three more wait in the file
        for _ in range(3):
            await writer.send(channel, {"type": "n", "n": sent})
            sent += 1
        await asyncio.sleep(0.3)
    with pytest.raises(ChannelFull):
        await writer.send(channel, {"type": "n", "n": sent})
    assert [(await receive(reader, channel))["n"] for _ in range(6)] == list(range(6))
    await reader.close()
    await writer.close()


async def test_sqlite_layer_cleans_what_expired(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lms.sqlite_layer.CLEAN_EVERY_SECONDS", 0)
    path = tmp_path / "x.sqlite3"
    layer = SqliteChannelLayer(path, expiry=0.1, group_expiry=0.1)
    await layer.send("one", {"type": "x"})
    await layer.group_add("room", "one")
    await asyncio.sleep(0.15)
    await layer.send("two", {"type": "x"})
    connection = sqlite3.connect(path)
    assert connection.execute("select channel from message").fetchall() == [("two",)]
    assert connection.execute("select count(*) from membership").fetchone() == (0,)
    assert connection.execute("pragma journal_mode").fetchone() == ("wal",)
    connection.close()
    await layer.close()


async def test_sqlite_layer_poller_ends_when_nobody_reads(sqlite_layer: SqliteChannelLayer) -> None:
    channel = await sqlite_layer.new_channel()
    await nothing(sqlite_layer, channel, 0.1)
    deadline = time.monotonic() + 2
    while sqlite_layer._poller is not None:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)
    await sqlite_layer.send(channel, {"type": "again"})
    assert await receive(sqlite_layer, channel) == {"type": "again"}


def _in_child(layer: SqliteChannelLayer) -> None:
    own = async_to_sync(layer.new_channel)()
    async_to_sync(layer.send)("parent", {"type": "from.child", "channel": own})


async def test_sqlite_layer_works_in_a_forked_child(sqlite_layer: SqliteChannelLayer) -> None:
    await sqlite_layer.send("parent", {"type": "own"})
    child = multiprocessing.get_context("fork").Process(target=_in_child, args=(sqlite_layer,))
    child.start()
    await asyncio.to_thread(child.join, 30)
    assert child.exitcode == 0
    assert await receive(sqlite_layer, "parent") == {"type": "own"}
    message = await receive(sqlite_layer, "parent")
    assert message["type"] == "from.child"
    own = await sqlite_layer.new_channel()
    assert message["channel"].partition("!")[0] != own.partition("!")[0]


async def test_sqlite_layer_is_configured_by_settings(settings: Any, tmp_path: Path) -> None:
    backend = "lms.sqlite_layer.SqliteChannelLayer"
    config = {"path": str(tmp_path / "s.sqlite3"), "capacity": 7}
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": backend, "CONFIG": config}}
    layer = get_channel_layer()
    assert isinstance(layer, SqliteChannelLayer)
    assert (layer.capacity, layer.path) == (7, tmp_path / "s.sqlite3")
    await layer.send("x", {"type": "x"})
    assert await receive(layer, "x") == {"type": "x"}
    await layer.close()


def test_sqlite_layer_opens_a_new_file_from_many_processes_at_once(tmp_path: Path) -> None:
    """SQLite does not wait out a lock when two turn the same file into a WAL file."""
    from lms import sqlite_layer

    problems: list[Exception] = []

    def open_one(path: Path, barrier: threading.Barrier) -> None:
        barrier.wait()
        try:
            sqlite_layer._open(path).close()
        except sqlite3.OperationalError as problem:
            problems.append(problem)

    for number in range(60):
        barrier = threading.Barrier(6)
        path = tmp_path / f"{number}.sqlite3"
        threads = [threading.Thread(target=open_one, args=(path, barrier)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert problems == []
