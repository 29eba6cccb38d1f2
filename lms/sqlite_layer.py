"""A Channels layer kept in one SQLite file: processes of one machine talk without Redis.

It carries what is rare and addressed (a finished job, a notification, "close this socket", the
worker's room messages); room traffic inside one process never comes here. Readers poll the file's
change counter (`PRAGMA data_version`), which costs microseconds when nothing happened.

Configuration::

    CHANNEL_LAYERS = {"default": {
        "BACKEND": "lms.sqlite_layer.SqliteChannelLayer",
        "CONFIG": {"path": "data/channels.sqlite3", "capacity": 1000},
    }}
"""

import asyncio
import base64
import contextlib
import json
import os
import secrets
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from channels.exceptions import ChannelFull
from channels.layers import BaseChannelLayer

Message = dict[str, Any]

SCHEMA = """
create table if not exists message (
    id integer primary key autoincrement, channel text not null, owner text not null,
    body text not null, expires real not null);
create index if not exists message_channel on message (channel);
create index if not exists message_owner on message (owner);
create index if not exists message_expires on message (expires);
create table if not exists membership (
    name text not null, channel text not null, expires real not null,
    primary key (name, channel)) without rowid;
"""
CLEAN_EVERY_SECONDS = 10.0
BYTES_KEY = "__bytes__"
OPEN_SECONDS = 5.0


def _pack(message: Message) -> str:
    def other(value: object) -> object:
        if isinstance(value, bytes | bytearray):
            return {BYTES_KEY: base64.b64encode(value).decode()}
        raise TypeError(f"{type(value).__name__} cannot travel over a channel")

    return json.dumps(message, default=other, separators=(",", ":"))


def _unpack(body: str) -> Message:
    def entry(value: dict[str, Any]) -> Any:
        if value.keys() == {BYTES_KEY}:
            return base64.b64decode(value[BYTES_KEY])
        return value

    message: Message = json.loads(body, object_hook=entry)
    return message


def _open(path: Path) -> sqlite3.Connection:
    """Open the file in WAL mode; NORMAL never fsyncs on commit and never corrupts."""
    connection = sqlite3.connect(path, timeout=5, isolation_level=None, check_same_thread=False)
    until = time.monotonic() + OPEN_SECONDS
    while True:
        try:
            connection.execute("pragma journal_mode=wal")
            break
        except sqlite3.OperationalError:  # this one statement does not wait for a lock
            if time.monotonic() > until:
                connection.close()
                raise
            time.sleep(0.02)
    connection.execute("pragma synchronous=normal")
    return connection


class _Mailbox:
    """Messages of one channel, waiting in the event loop that reads it."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.items: deque[tuple[float, Message]] = deque()
        self.arrived = asyncio.Event()

    def put(self, items: list[tuple[float, Message]]) -> None:
        self.items.extend(items)
        with contextlib.suppress(RuntimeError):  # the reading loop is gone
            self.loop.call_soon_threadsafe(self.arrived.set)

    def take(self) -> Message | None:
        """The oldest message that has not expired."""
        while self.items:
            expires, message = self.items.popleft()
            if expires > time.time():
                return message
        return None


class SqliteChannelLayer(BaseChannelLayer):
    """Channel layer with the extensions `groups` and `flush` over one SQLite file.

    `path` is the file, `expiry` and `group_expiry` are seconds, `capacity` counts the unread
    messages of one channel, `poll` is the seconds between looks at the file.
    """

    extensions = ["groups", "flush"]

    def __init__(
        self,
        path: str | Path,
        expiry: float = 60,
        group_expiry: float = 86400,
        capacity: int = 1000,
        channel_capacity: dict[Any, int] | None = None,
        poll: float = 0.05,
    ) -> None:
        super().__init__(capacity=capacity)
        self.expiry: float = expiry  # type: ignore[assignment]  # the stubs know whole seconds
        self._capacities = self.compile_capacities(channel_capacity or {})
        self.path = Path(path)
        self.group_expiry = group_expiry
        self.poll = poll
        self._lock = threading.RLock()
        self._pid = 0
        self._reset()

    # --- process state ---------------------------------------------------------------------

    def _reset(self) -> None:
        """Begin anew: also after a fork, where the parent's connection must not be used."""
        self._pid = os.getpid()
        self._lock = threading.RLock()
        self._writer: sqlite3.Connection | None = None
        self._mailboxes: dict[str, _Mailbox] = {}
        self._owner = secrets.token_hex(8)
        self._poller: threading.Thread | None = None
        self._look = True
        self._cleaned = 0.0

    @contextlib.contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        """The process's writing connection inside one transaction, one thread at a time."""
        if self._pid != os.getpid():
            self._reset()
        with self._lock:
            if self._writer is None:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                self._writer = _open(self.path)
                self._writer.executescript(SCHEMA)
            self._writer.execute("begin immediate")
            try:
                yield self._writer
            except BaseException:
                self._writer.execute("rollback")
                raise
            self._clean(self._writer)
            self._writer.execute("commit")

    def _clean(self, connection: sqlite3.Connection) -> None:
        now = time.time()
        if now - self._cleaned < CLEAN_EVERY_SECONDS:
            return
        self._cleaned = now
        connection.execute("delete from message where expires <= ?", (now,))
        connection.execute("delete from membership where expires <= ?", (now,))

    async def _in_thread(self, work: Callable[..., None], *args: Any) -> None:
        await asyncio.get_running_loop().run_in_executor(None, work, *args)

    def get_capacity(self, channel: str) -> int:
        """How many unread messages the channel may have."""
        for pattern, capacity in self._capacities:
            if pattern.match(channel):
                return capacity
        return self.capacity

    # --- sending ---------------------------------------------------------------------------

    async def send(self, channel: str, message: Message) -> None:
        """Send to one channel; raises ChannelFull when its reader is `capacity` behind."""
        self.require_valid_channel_name(channel)
        if not isinstance(message, dict):
            raise TypeError("message is not a dict")
        if "__asgi_channel__" in message:
            raise ValueError("the key __asgi_channel__ is reserved")
        await self._in_thread(self._send_now, channel, _pack(message))

    def _send_now(self, channel: str, body: str) -> None:
        with self._write() as connection:
            if not self._put(connection, channel, [body]):
                raise ChannelFull(channel)

    def _put(self, connection: sqlite3.Connection, channel: str, bodies: Iterable[str]) -> bool:
        """Store what fits into the channel; False when something did not."""
        now = time.time()
        (waiting,) = connection.execute(
            "select count(*) from message where channel = ? and expires > ?", (channel, now)
        ).fetchone()
        mailbox = self._mailboxes.get(channel)
        room = self.get_capacity(channel) - waiting - (len(mailbox.items) if mailbox else 0)
        bodies = list(bodies)
        owner = self._owner_of(channel)
        connection.executemany(
            "insert into message (channel, owner, body, expires) values (?, ?, ?, ?)",
            [(channel, owner, body, now + self.expiry) for body in bodies[: max(room, 0)]],
        )
        return bool(room >= len(bodies))

    @staticmethod
    def _owner_of(channel: str) -> str:
        """The process part of `prefix.process!name`; empty for a channel any process may read."""
        return channel.partition("!")[0].rpartition(".")[2] if "!" in channel else ""

    # --- receiving -------------------------------------------------------------------------

    async def new_channel(self, prefix: str = "specific") -> str:
        """A channel name that only this process reads."""
        if self._pid != os.getpid():
            self._reset()
        channel = f"{prefix}.{self._owner}!{secrets.token_hex(8)}"
        self._mailbox(channel)
        return channel

    def _mailbox(self, channel: str) -> _Mailbox:
        loop = asyncio.get_running_loop()
        with self._lock:
            mailbox = self._mailboxes.get(channel)
            if mailbox is None or mailbox.loop is not loop:
                mailbox = self._mailboxes[channel] = _Mailbox(loop)
                self._look = True
            if self._poller is None or not self._poller.is_alive():
                self._poller = threading.Thread(target=self._run, name="channels", daemon=True)
                self._poller.start()
        return mailbox

    async def receive(self, channel: str) -> Message:
        """Wait for the next message; of several readers of a plain name one gets it."""
        self.require_valid_channel_name(channel)
        if "!" not in channel:
            return await self._receive_shared(channel)
        if self._owner_of(channel) != self._owner:
            raise ValueError(f"{channel} belongs to another process")
        mailbox = self._mailbox(channel)
        try:
            while (message := mailbox.take()) is None:
                mailbox.arrived.clear()
                if not mailbox.items:
                    await mailbox.arrived.wait()
        except asyncio.CancelledError:
            with self._lock:
                if not mailbox.items:
                    self._mailboxes.pop(channel, None)
            raise
        return message

    async def _receive_shared(self, channel: str) -> Message:
        # Taken on the loop's own thread: nothing can be cancelled between delete and return.
        oldest = "select min(id) from message where channel = ? and expires > ?"
        while True:
            with self._write() as connection:
                row = connection.execute(
                    f"delete from message where id = ({oldest}) returning body",  # noqa: S608
                    (channel, time.time()),
                ).fetchone()
            if row is not None:
                return _unpack(row[0])
            await asyncio.sleep(self.poll)

    def _run(self) -> None:
        """Move this process's messages from the file to its mailboxes, until none is left."""
        with self._write():
            pass  # the file and its tables exist from here on
        pid, seen = self._pid, -1
        with contextlib.closing(_open(self.path)) as connection:
            while pid == self._pid:
                if self._idle():
                    return
                try:
                    (version,) = connection.execute("pragma data_version").fetchone()
                    if version != seen or self._look:
                        seen, self._look = version, False
                        self._fetch(connection)
                except sqlite3.Error:  # the file is busy, or the disk is full: the next look
                    self._look = True
                time.sleep(self.poll)

    def _idle(self) -> bool:
        """True, and the poller is released, when nobody in this process reads any more."""
        with self._lock:
            for channel in [c for c, m in self._mailboxes.items() if m.loop.is_closed()]:
                del self._mailboxes[channel]
            if not self._mailboxes:
                self._poller = None
            return not self._mailboxes

    def _fetch(self, connection: sqlite3.Connection) -> None:
        query = "select id, channel, body, expires from message where owner = ? order by id"
        taken: dict[str, list[tuple[float, Message]]] = {}
        ids: list[tuple[int]] = []
        with self._lock:
            for row_id, channel, body, expires in connection.execute(query, (self._owner,)):
                mailbox = self._mailboxes.get(channel)
                if mailbox is None:
                    continue
                items = taken.setdefault(channel, [])
                if len(mailbox.items) + len(items) >= self.get_capacity(channel):
                    self._look = True  # its reader is behind; the rest waits in the file
                    continue
                items.append((expires, _unpack(body)))
                ids.append((row_id,))
            if not ids:
                return
            connection.execute("begin immediate")
            connection.executemany("delete from message where id = ?", ids)
            connection.execute("commit")
            for channel, items in taken.items():
                self._mailboxes[channel].put(items)

    # --- groups ----------------------------------------------------------------------------

    async def group_add(self, group: str, channel: str) -> None:
        """Let `channel` hear the group for `group_expiry` seconds; again renews."""
        self.require_valid_group_name(group)
        self.require_valid_channel_name(channel)
        await self._in_thread(
            self._execute,
            "insert into membership values (?, ?, ?)"
            " on conflict (name, channel) do update set expires = excluded.expires",
            (group, channel, time.time() + self.group_expiry),
        )

    async def group_discard(self, group: str, channel: str) -> None:
        """Take `channel` out of the group; no error when it is not in it."""
        self.require_valid_group_name(group)
        self.require_valid_channel_name(channel)
        await self._in_thread(
            self._execute, "delete from membership where name = ? and channel = ?", (group, channel)
        )

    async def group_send(self, group: str, message: Message) -> None:
        """Send to every channel of the group; a full channel misses it."""
        await self._in_thread(self.send_group_now, group, [message])

    def send_group_now(self, group: str, messages: list[Message]) -> None:
        """`group_send` of several messages for synchronous callers, in one transaction."""
        self.require_valid_group_name(group)
        bodies = [_pack(message) for message in messages]
        with self._write() as connection:
            members = connection.execute(
                "select channel from membership where name = ? and expires > ?",
                (group, time.time()),
            ).fetchall()
            for (channel,) in members:
                self._put(connection, channel, bodies)

    def _execute(self, statement: str, values: tuple[Any, ...]) -> None:
        with self._write() as connection:
            connection.execute(statement, values)

    # --- housekeeping ----------------------------------------------------------------------

    async def flush(self) -> None:
        """Forget every message and group of every process."""
        await self._in_thread(self._flush_now)

    def _flush_now(self) -> None:
        with self._write() as connection:
            connection.execute("delete from message")
            connection.execute("delete from membership")
        with self._lock:
            for mailbox in self._mailboxes.values():
                mailbox.items.clear()

    async def close(self) -> None:
        """Stop reading and release the file."""
        await self._in_thread(self.close_now)

    def close_now(self) -> None:
        """`close` for synchronous callers; waits for the poller to leave the file."""
        with self._lock:
            self._mailboxes.clear()
            poller = self._poller
        if poller is not None:
            poller.join(2)
        with self._lock:
            if self._writer is not None:
                self._writer.close()
                self._writer = None
