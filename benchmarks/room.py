"""A room of 200: each its own WebSocket, 10 messages a second for 10 seconds, 20,000 deliveries.

The peer in the same run is the same room over Channels' own `group_send` and channels-redis, on
the same server, without storing anything. Where PostgreSQL and Redis answer they are used, else
SQLite and the SQLite channel layer, and the peer is left out.
"""

import asyncio
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from websockets.asyncio.client import ClientConnection, connect

from benchmarks import database, load
from benchmarks.course_list import wait

UVICORN = [sys.executable, "-m", "uvicorn", "--ws-per-message-deflate", "false"]
PEOPLE, RATE, SECONDS = 200, 10, 10
HEADER = (
    "| room of 200 | delivered | p50 ms | p95 ms | p99 ms | CPU µs per delivery | memory MB |\n"
    "| --- | --- | --- | --- | --- | --- | --- |"
)
REDIS = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
# Run in a process of its own, so that this one stays a client: makes the people, prints tickets.
PREPARE = """
import sys, django
django.setup()
from accounts.models import User
from courses.models import Course, Enrolment
from lms.kernel import actors
from realtime.services.tickets import issue_ticket
count = int(sys.argv[1])
owner = User.objects.create_user("owner@bench.example", site_role="instructor", name="Owner")
course = Course.objects.create(slug="room", title="Room", state="published", created_by=owner)
people = [User(email=f"p{n}@bench.example", name=f"Person {n}", password="!") for n in range(count)]
User.objects.bulk_create(people)
Enrolment.objects.bulk_create([Enrolment(user=person, course=course) for person in people])
print(course.public_id)
for person in people:
    print(issue_ticket(actor=actors.for_user(person), course=course).ticket)
"""


@dataclass
class Figures:
    """What one run gave: latencies in ms, sorted; CPU in seconds; memory in MB."""

    name: str
    expected: int
    taken: list[float] = field(default_factory=list)
    cpu: float = 0.0
    memory: float = 0.0

    def line(self) -> str:
        """One row of the table."""
        taken = sorted(self.taken) or [0.0]
        p50, p95, p99 = (load.percentile(taken, share) for share in (0.5, 0.95, 0.99))
        delivered = 100 * len(self.taken) / self.expected
        each = self.cpu * 1e6 / max(1, len(self.taken))
        return (
            f"| {self.name} | {delivered:.2f} % | {p50:.1f} | {p95:.1f} | {p99:.1f} "
            f"| {each:.0f} | {self.memory:.0f} |"
        )


@contextmanager
def served(application: str, environment: dict[str, str]) -> Iterator[tuple[int, int]]:
    """One uvicorn with the application; its port and process id."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments = ["--port", str(port), "--log-level", "warning", "--lifespan", "off"]
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "uvicorn",
            application,
            *arguments,
            "--ws-per-message-deflate",
            "false",
        ],
        env={**os.environ, **environment},
    )
    try:
        wait(f"http://127.0.0.1:{port}")
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(timeout=15)


async def _read(client: ClientConnection, done: asyncio.Event, taken: list[float]) -> None:
    while not done.is_set():
        frame = json.loads(await client.recv())
        if frame.get("type") == "message":
            taken.append((time.perf_counter() - float(frame["body"])) * 1000)


async def _drive(addresses: list[str], pid: int, figures: Figures) -> None:
    """Open every socket, then let one after the other speak, 10 times a second."""
    clients = [
        await connect(address, compression=None, max_queue=None, open_timeout=30)
        for address in addresses
    ]
    done = asyncio.Event()
    readers = [asyncio.create_task(_read(client, done, figures.taken)) for client in clients]
    await asyncio.sleep(2)
    before = load.cpu_seconds(pid)
    for number in range(RATE * SECONDS):
        body = repr(time.perf_counter())
        frame = {"type": "send", "client_id": str(uuid.uuid4()), "body": body}
        await clients[number % len(clients)].send(json.dumps(frame))
        await asyncio.sleep(1 / RATE)
    for _ in range(100):
        if len(figures.taken) >= figures.expected:
            break
        await asyncio.sleep(0.1)
    figures.cpu = load.cpu_seconds(pid) - before
    figures.memory = load.memory_mb(pid)
    done.set()
    for reader in readers:
        reader.cancel()
    await asyncio.gather(*(client.close() for client in clients))


def cairn(name: str, environment: dict[str, str]) -> Figures:
    """The product's own room, messages stored, members checked at each message."""
    figures = Figures(name, PEOPLE * RATE * SECONDS)
    environment = {
        "LMS_MODE": "trial",
        "DJANGO_SETTINGS_MODULE": "lms.settings",
        "LMS_LOG_LEVEL": "ERROR",
        "REDIS_PREFIX": f"cairn-bench-{secrets.token_hex(4)}",
        **environment,
    }
    with served("lms.asgi:application", environment) as (port, pid):
        made = subprocess.run(
            [sys.executable, "-c", PREPARE, str(PEOPLE)],
            env={**os.environ, **environment},
            check=True,
            capture_output=True,
            text=True,
        )
        course, *tickets = made.stdout.split()
        room = f"ws://127.0.0.1:{port}/ws/courses/{course}/chat/"
        asyncio.run(_drive([f"{room}?ticket={ticket}" for ticket in tickets], pid, figures))
    return figures


def peer() -> Figures:
    """The same room by Channels' `group_send` over channels-redis, nothing stored."""
    figures = Figures("Channels group_send, nothing stored", PEOPLE * RATE * SECONDS)
    environment = {"PEER_REDIS": REDIS, "PEER_PREFIX": f"peer-{secrets.token_hex(4)}"}
    with served("benchmarks.peer_room:application", environment) as (port, pid):
        asyncio.run(_drive([f"ws://127.0.0.1:{port}/room/"] * PEOPLE, pid, figures))
    return figures


def _answers() -> bool:
    """Whether PostgreSQL and Redis are here."""
    import psycopg
    import redis

    try:
        redis.Redis.from_url(REDIS, socket_connect_timeout=0.5).ping()
        psycopg.connect(database.SERVER, connect_timeout=2).close()
    except (redis.RedisError, psycopg.Error):
        return False
    return True


def main() -> list[str]:
    """Run it; lines of Markdown for docs/performance.md."""
    lines = [HEADER]
    with tempfile.TemporaryDirectory() as folder:
        environment = {"LMS_DATA_DIR": folder, "DATABASE_URL": "", "REDIS_URL": ""}
        migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        trial = {**os.environ, **environment, "LMS_MODE": "trial"}
        subprocess.run(migrate, check=True, env=trial)
        lines.append(cairn("Cairn, SQLite, no Redis", environment).line())
    if not _answers():
        return [*lines, "\nPostgreSQL and Redis did not answer: their rows are left out."]
    with database.empty("cairn_bench_room") as url:
        services = {"DATABASE_URL": url, "REDIS_URL": REDIS}
        ours = cairn("Cairn, PostgreSQL and Redis", services)
    other = peer()
    lines += [ours.line(), other.line()]
    ratio = (other.cpu / max(1, len(other.taken))) / (ours.cpu / max(1, len(ours.taken)))
    lines.append(f"\nCPU per delivery, Channels group_send against Cairn: {ratio:.1f} to 1.")
    return lines


if __name__ == "__main__":
    print("\n".join(main()))
