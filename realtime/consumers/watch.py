"""Closes sockets whose right has ended, within seconds, whether or not Redis told us (R5, R7)."""

import asyncio
import logging
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from realtime.consumers.attendance import attendance
from realtime.consumers.process import PROCESS
from realtime.consumers.socket import Socket, in_thread
from realtime.enums import CloseCode
from realtime.queries.access import live_credentials, people_now, standings, still_enters
from realtime.services.presence import renew

if TYPE_CHECKING:
    from realtime.consumers.chat import ChatConsumer

log = logging.getLogger("cairn.sockets")

EVERY_SECONDS = 7.0
RENEW_SECONDS = 30.0
_tasks: dict[asyncio.AbstractEventLoop, asyncio.Task[None]] = {}


def watch() -> None:
    """Start the watch of the running loop unless it runs; it ends with the last socket."""
    loop = asyncio.get_running_loop()
    task = _tasks.get(loop)
    if task is None or task.done():
        for ended in [other for other in _tasks if other.is_closed()]:
            del _tasks[ended]
        _tasks[loop] = loop.create_task(_run(), name="socket-watch")


async def _run() -> None:
    renewed = time.monotonic()
    while Socket.open_sockets:
        await asyncio.sleep(EVERY_SECONDS)
        try:
            await recheck(set(Socket.open_sockets))
            if time.monotonic() - renewed >= RENEW_SECONDS:
                renewed = time.monotonic()
                present = attendance().present()
                await in_thread(renew, process=PROCESS.name(), present=present)
        except Exception:
            log.exception("the socket watch stumbled")


async def recheck(sockets: set[Socket]) -> None:
    """Close the sockets of people, sessions, tokens and memberships that ended or changed."""
    open_ones = [socket for socket in sockets if not socket.connection.closed]
    stamps = await in_thread(people_now, {socket.caller.user_id for socket in open_ones})
    alive = await in_thread(live_credentials, {s.caller.credential for s in open_ones})
    for socket in open_ones:
        caller = socket.caller
        if stamps.get(caller.user_id) != caller.stamp or caller.credential not in alive:
            socket.connection.close(CloseCode.SIGNED_OUT)
    await _recheck_rooms(_chats(open_ones))


async def _recheck_rooms(sockets: list["ChatConsumer"]) -> None:
    pairs = {(socket.caller.user_id, socket.course_id) for socket in sockets}
    now = await in_thread(standings, pairs)
    for socket in sockets:
        user_id, course_id = socket.caller.user_id, socket.course_id
        standing = now[user_id, course_id]
        if standing == socket.standing:
            continue
        same_role = standing.role == socket.standing.role
        if same_role and await in_thread(still_enters, user_id, course_id):
            socket.standing = standing
        else:
            socket.connection.close(CloseCode.NOT_ALLOWED)


def _chats(sockets: Iterable[Socket]) -> list["ChatConsumer"]:
    return [socket for socket in sockets if hasattr(socket, "standing")]  # type: ignore[misc]
