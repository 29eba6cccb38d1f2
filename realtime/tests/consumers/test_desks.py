"""A writer's connection: kept while it is busy, replaced when it died, given back when idle."""

import asyncio

import pytest
from django.db import connection

from realtime.consumers import desks
from realtime.consumers.desks import Desk, desks_for

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.services,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite keeps its connections"),
]


def backend() -> int:
    """The server's process behind this thread's connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def end(pid: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])


async def test_a_busy_desk_keeps_its_connection() -> None:
    desk = Desk(7)
    assert await desk.do(backend) == await desk.do(backend)
    await desk.do(Desk._give_back)


async def test_work_is_done_again_when_the_kept_connection_died() -> None:
    desk, other = Desk(7), Desk(8)
    first = await desk.do(backend)
    await other.do(end, first)
    assert await desk.do(backend) != first
    await desk.do(Desk._give_back)
    await other.do(Desk._give_back)


async def test_what_fails_for_another_reason_is_told() -> None:
    def wrong() -> None:
        raise KeyError("no such thing")

    with pytest.raises(KeyError):
        await Desk(7).do(wrong)


async def test_a_desk_whose_work_failed_gives_its_connection_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def wrong() -> None:
        backend()
        raise KeyError("no such thing")

    monkeypatch.setattr(desks, "IDLE_SECONDS", 0.05)
    desk = Desk(7)
    with pytest.raises(KeyError):
        await desk.do(wrong)
    held: list[bool] = []
    for _try in range(100):
        await asyncio.sleep(0.05)
        # Not by the desk's own door, which would set its clock anew.
        held.append(desk._pool.submit(lambda: connection.connection is not None).result())
        if not held[-1]:
            break
    assert not held[-1]


async def test_an_idle_desk_gives_its_connection_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desks, "IDLE_SECONDS", 0.05)
    desk = Desk(7)
    await desk.do(backend)
    for _try in range(100):
        await asyncio.sleep(0.05)
        if await desk.do(lambda: connection.connection is None):
            break
    else:
        pytest.fail("the connection was kept")


def test_desks_leave_half_of_the_connections() -> None:
    found = {most: len(desks_for(most)) for most in (0, 1, 2, 3, 4, 8)}
    assert found == {0: 3, 1: 1, 2: 1, 3: 1, 4: 2, 8: 3}


async def test_the_only_connection_is_not_kept() -> None:
    (desk,) = desks_for(1)
    await desk.do(backend)
    assert await desk.do(lambda: connection.connection is None)
