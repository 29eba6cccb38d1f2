"""The small parts of the protocol that rooms are served with."""

import asyncio

import pytest

from lms.websocket import Gate, Inbox


async def test_an_inbox_gives_in_order_and_tells_an_arrival() -> None:
    inbox = Inbox()
    assert inbox.empty()
    inbox.put_nowait("one")
    inbox.put_nowait("two")
    assert [inbox.take(), inbox.take()] == ["one", "two"]
    arrival = inbox.arrival()
    await asyncio.sleep(0)
    assert not arrival.done()
    inbox.put_nowait("three")
    inbox.put_nowait("four")
    await asyncio.wait_for(arrival, 1)
    assert [inbox.take(), inbox.take()] == ["three", "four"]
    assert inbox.empty()
    with pytest.raises(IndexError):
        inbox.take()


async def test_a_reader_that_gives_up_loses_nothing() -> None:
    inbox = Inbox()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(inbox.arrival(), 0.01)
    inbox.put_nowait("late")
    assert inbox.take() == "late"


async def test_a_gate_holds_everybody_until_it_opens() -> None:
    gate = Gate()
    await gate.wait()
    gate.clear()
    gate.clear()
    waiting = [asyncio.create_task(gate.wait()) for _ in range(3)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    await asyncio.sleep(0)
    assert not gate.is_set()
    assert not waiting[1].done()
    gate.set()
    gate.set()
    await asyncio.gather(*waiting[1:])
    assert gate.is_set()
