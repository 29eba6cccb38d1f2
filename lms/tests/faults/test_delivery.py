"""Every stored message reaches every member once and in order, whatever breaks on the way.

Two web processes with PostgreSQL and a Redis of the test's own. 2 % of the sockets are cut each
second, Redis is killed and started, a web process is killed (-9) and started, one member sleeps
through all of it, one is banned in the middle.
"""

import asyncio
import contextlib
import json
import random
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from conftest import LEG
from lms.kernel.tests.push_server import OwnRedis, free_port
from lms.tests.e2e.stack import database
from lms.tests.faults.delivery import BAN, PEOPLE, Member, everybody
from lms.tests.faults.site import Site, kill

MEMBERS, SECONDS, RATE, CUT = 40, 16, 12, 0.02
STORED = "select seq, public_id, cast(client_id as text) from realtime_message order by seq"


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[OwnRedis]:
    if LEG != "services":
        pytest.skip("two web processes need PostgreSQL and Redis")
    own = OwnRedis(tmp_path)
    own.start()
    yield own
    own.stop()


@pytest.fixture
def site(tmp_path: Path, redis: OwnRedis) -> Iterator[Site]:
    with database(services=True, redis_url=redis.url) as stores:
        yield Site(tmp_path, "http://127.0.0.1:9", stores)


@pytest.mark.slow
@pytest.mark.services
def test_every_message_reaches_everybody_once_and_in_order(site: Site, redis: OwnRedis) -> None:
    site.manage("migrate", "-v0")
    made = site.manage("shell", "-v0", "-c", PEOPLE % MEMBERS)
    course, sessions = json.loads(made.splitlines()[-1])
    ports = [free_port(), free_port()]
    members = [Member(n, course, key, ports) for n, key in enumerate(sessions)]
    asyncio.run(_run(site, redis, members, ports))
    _assert_delivered(site, members)


async def _run(site: Site, redis: OwnRedis, members: list[Member], ports: list[int]) -> None:
    sleeper, banned = members[-1], members[-2]
    async with asyncio.timeout(240), _web(site, ports[0]), contextlib.AsyncExitStack() as other:
        second = await other.enter_async_context(_web(site, ports[1]))
        lives = [asyncio.create_task(member.live()) for member in members]
        for member in members:
            member.awake.set()
        await everybody(members, lambda one: one.socket is not None, 60)
        sleeper.awake.clear()
        sleeper.cut()
        chaos = asyncio.create_task(_cut(members))
        put_out = asyncio.Event()
        talk = asyncio.create_task(_talk(members[:-2], put_out))
        await asyncio.sleep(SECONDS / 4)
        redis.stop()
        await asyncio.sleep(1.5)
        redis.start()
        await asyncio.sleep(SECONDS / 4)
        kill(second)
        await other.aclose()
        async with _web(site, ports[1]):
            await _ban(site, banned, put_out)
            await talk
            chaos.cancel()
            sleeper.awake.set()
            speakers = members[:-2]
            await everybody(speakers, lambda one: not one.unsent and one.socket is not None, 60)
            total = len(site.ask(STORED))
            await everybody([*speakers, sleeper], lambda one: one.last == total, 60)
            for life in lives:
                life.cancel()
            await asyncio.gather(*lives, return_exceptions=True)


@contextlib.asynccontextmanager
async def _web(site: Site, port: int) -> AsyncIterator[subprocess.Popen[bytes]]:
    """`Site.web` without holding up the loop while it starts and ends."""
    manager = site.web(port)
    process = await asyncio.to_thread(manager.__enter__)
    try:
        yield process
    finally:
        await asyncio.to_thread(manager.__exit__, None, None, None)


async def _cut(members: list[Member]) -> None:
    while True:
        await asyncio.sleep(0.5)
        for member in members:
            if random.random() < CUT / 2:
                member.cut()


async def _talk(members: list[Member], put_out: asyncio.Event) -> None:
    for number in range(SECONDS * RATE):
        if number == SECONDS * RATE * 7 // 8:
            await put_out.wait()  # or a slow machine has heard everything by then
        await members[number * 7 % len(members)].say(f"message {number}")
        await asyncio.sleep(1 / RATE)


async def _ban(site: Site, banned: Member, put_out: asyncio.Event) -> None:
    """Their socket closes within ten seconds, and they hear nothing of what is said later."""
    loop = asyncio.get_running_loop()
    await asyncio.to_thread(site.manage, "shell", "-v0", "-c", BAN % banned.number)
    put_out.set()
    done, known = loop.time(), banned.last
    while banned.socket is not None:
        assert loop.time() - done < 10, "still in the room"
        await asyncio.sleep(0.05)
    await asyncio.sleep(2)
    assert banned.socket is None, "let in again"
    # What was on its way when the ban was stored may have come; nothing after the socket closed.
    assert banned.heard_at < done + 10
    assert banned.last - known < 10 * RATE


def _assert_delivered(site: Site, members: list[Member]) -> None:
    stored = site.ask(STORED)
    assert [row[0] for row in stored] == list(range(1, len(stored) + 1))
    assert len(stored) == SECONDS * RATE
    acknowledged = set().union(*(member.acknowledged for member in members))
    assert {str(row[2]) for row in stored} == acknowledged
    everything = [(row[0], row[1]) for row in stored]
    for member in [*members[:-2], members[-1]]:
        assert member.applied == everything
    banned = members[-2]
    assert banned.applied == everything[: len(banned.applied)]
    assert len(banned.applied) < len(everything)
    assert sum(member.connections for member in members) > len(members) + 5
