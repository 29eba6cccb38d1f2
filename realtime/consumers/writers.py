"""What this process's sockets say in a room: one writer at a time, who takes all that waits."""

import asyncio
import uuid
from dataclasses import dataclass
from typing import Final

from courses.models.roles import remembering_roles
from realtime.consumers.desks import desk_of
from realtime.consumers.door import Caller
from realtime.queries.chat import course_now
from realtime.services.chat import Sent
from realtime.services.chat_burst import Outcome, Said, send_plain
from realtime.services.chat_swift import Line, say_swiftly

MOST: Final = 32
Key = tuple[asyncio.AbstractEventLoop, int]


@dataclass(frozen=True, slots=True)
class _Waiting:
    caller: Caller
    client_id: uuid.UUID
    body: str
    told: "asyncio.Future[Outcome | Exception]"


# What waits for each room that is being written to; a room without a writer has no entry.
_rooms: dict[Key, list[_Waiting]] = {}
_tasks: set[asyncio.Task[None]] = set()


async def say_plain(course_id: int, caller: Caller, client_id: uuid.UUID, body: str) -> Outcome:
    """Store a plain message, with whatever else waits for this room. Raises what storing raises."""
    loop = asyncio.get_running_loop()
    one = _Waiting(caller, client_id, body, loop.create_future())
    key = (loop, course_id)
    if key in _rooms:
        _rooms[key].append(one)
    else:
        _rooms[key] = [one]
        task = loop.create_task(_write(key), name="room-writer")
        _tasks.add(task)
        task.add_done_callback(_tasks.discard)
    outcome = await one.told
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


async def _write(key: Key) -> None:
    waiting = _rooms[key]
    try:
        while waiting:
            batch = waiting[:MOST]
            del waiting[:MOST]
            outcomes: list[Outcome | Exception]
            try:
                outcomes = list(await desk_of(key[1]).do(_store, key[1], batch))
            except Exception as problem:  # noqa: BLE001 - each of them hears of it
                outcomes = [problem] * len(batch)
            for one, outcome in zip(batch, outcomes, strict=True):
                if not one.told.done():  # its socket may have gone meanwhile
                    one.told.set_result(outcome)
    finally:
        del _rooms[key]


def _store(course_id: int, batch: list[_Waiting]) -> list[Outcome]:
    found: dict[int, Outcome] = {**_swiftly(course_id, batch)}
    rest = [place for place in range(len(batch)) if place not in found]
    if rest:
        course = course_now(course_id)
        said = [
            Said(batch[place].caller.actor(), batch[place].client_id, batch[place].body)
            for place in rest
        ]
        with remembering_roles():
            found |= zip(rest, send_plain(course=course, said=said), strict=True)
    return [found[place] for place in range(len(batch))]


def _swiftly(course_id: int, batch: list[_Waiting]) -> dict[int, Sent]:
    plain = [place for place, one in enumerate(batch) if one.caller.is_plain]
    lines = [
        Line(batch[place].caller.user_id, batch[place].client_id, batch[place].body)
        for place in plain
    ]
    sent = say_swiftly(course_id, lines)
    return {plain[place]: one for place, one in sent.items()}
