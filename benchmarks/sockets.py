"""Rooms beside Socket.io and FastAPI in one run: delivery, CPU, latency, memory, slow readers.

Every server is two processes and Redis on this machine, every load the same process of Node
(`peers/load.mjs`), frames of the same size. Cairn checks the sender's membership and stores each
message in PostgreSQL; Socket.io is measured twice, handing on alone and storing as well; FastAPI
hands on alone. Without Node, PostgreSQL and Redis it says so and measures nothing.
"""

import argparse
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from benchmarks import database, load
from benchmarks.course_list import wait

HERE = Path(__file__).parent / "peers"
SITE = HERE / ".site"
REDIS = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
DATABASE = "cairn_bench_sockets"
Round = dict[str, Any]
Figures = dict[str, Any]

ROOM: list[Round] = [
    {"name": "warm", "mode": "rate", "rate": 10, "seconds": 2, "step": 7},
    {"name": "room of 500, 10 messages/s", "mode": "rate", "rate": 10, "seconds": 10, "step": 7},
    {"name": "flood", "mode": "flood", "seconds": 6, "writers": 20},
]
ROOMS: list[Round] = [
    {"name": "warm", "mode": "rate", "rate": 50, "seconds": 2, "step": 7},
    {
        "name": "50 rooms of 20, 200 messages/s",
        "mode": "rate",
        "rate": 200,
        "seconds": 10,
        "step": 7,
    },
]
HELD: list[Round] = [
    {"name": "held", "mode": "hold", "seconds": 30},
    {
        "name": "500 rooms of 20, 50 messages/s",
        "mode": "rate",
        "rate": 50,
        "seconds": 10,
        "step": 7,
    },
]
PEER_TABLES = """
CREATE TABLE peer_room (id text PRIMARY KEY, seq bigint NOT NULL DEFAULT 0);
CREATE TABLE peer_member (room text, person text, PRIMARY KEY (room, person));
CREATE TABLE peer_message (id bigserial PRIMARY KEY, room text, seq bigint, person text,
    client_id uuid, body text, created_at timestamptz, UNIQUE (room, seq),
    UNIQUE (person, client_id));
"""


@dataclass(frozen=True)
class Served:
    """A running server: its name, the words it speaks, its root process, addresses of sockets."""

    name: str
    kind: str
    pid: int
    sockets: list[dict[str, str]]

    def processes(self) -> list[int]:
        """The server's processes as they are now."""
        return load.family(self.pid)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def started(command: list[str], environment: dict[str, str], port: int) -> Iterator[int]:
    """A server process, ended with all its children."""
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, start_new_session=True, cwd=Path.cwd()
    )
    try:
        wait(f"http://127.0.0.1:{port}")
        yield process.pid
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def gunicorn(port: int) -> list[str]:
    """As the image starts its role of sockets, with two workers."""
    server = [sys.executable, "-m", "lms.preload", "gunicorn", "lms.asgi:application"]
    worker = ["-k", "lms.room_worker.RoomWorker", "--workers", "2", "--timeout", "60"]
    quiet = ["--worker-tmp-dir", "/dev/shm", "--no-control-socket", "--log-level", "warning"]  # noqa: S108 - as in the image
    return [*server, *worker, *quiet, "--bind", f"127.0.0.1:{port}"]


def uvicorn(application: str, port: int, *more: str) -> list[str]:
    """FastAPI's own way, with two workers."""
    given = ["--port", str(port), "--workers", "2", "--lifespan", "off", "--log-level", "warning"]
    plain = ["--ws-per-message-deflate", "false", *more]
    return [sys.executable, "-m", "uvicorn", application, *given, *plain]


@contextmanager
def cairn(rooms: int, people: int, *, url: str) -> Iterator[Served]:
    """The product's own rooms."""
    port = free_port()
    environment = {
        "LMS_MODE": "trial",
        "DJANGO_SETTINGS_MODULE": "lms.settings",
        "LMS_LOG_LEVEL": "ERROR",
        "AI_LOAD_EARLY": "0",  # as sockets have it in production
        "MALLOC_ARENA_MAX": "2",
        "MALLOC_TRIM_THRESHOLD_": "131072",
        "REDIS_PREFIX": f"cairn-bench-{secrets.token_hex(4)}",
        "DATABASE_URL": url,
        "REDIS_URL": REDIS,
        "PYTHONPATH": str(Path.cwd()),
    }
    made = subprocess.run(
        [sys.executable, str(HERE / "prepare.py"), str(rooms), str(people)],
        env={**os.environ, **environment},
        check=True,
        capture_output=True,
        text=True,
    )
    sockets = [
        {
            "url": f"ws://127.0.0.1:{port}/ws/courses/{course}/chat/?ticket={ticket}",
            "room": course,
        }
        for course, ticket in json.loads(made.stdout.splitlines()[-1])
    ]
    with started(
        gunicorn(port),
        environment,
        port,
    ) as pid:
        yield Served("Cairn, stored", "cairn", pid, sockets)


@contextmanager
def socketio(rooms: int, people: int, *, url: str, store: bool) -> Iterator[Served]:
    """Socket.io's rooms; with `store` each message is checked and kept."""
    port = free_port()
    environment = {
        "PORT": str(port),
        "PEER_REDIS": REDIS,
        "PEER_PREFIX": f"peer-{secrets.token_hex(4)}",
        "PEER_DATABASE": url,
        "STORE": "1" if store else "0",
    }
    if store:
        _peer_tables(url, rooms, people)
    root = f"ws://127.0.0.1:{port}/socket.io/?EIO=4&transport=websocket"
    sockets = [
        {"url": f"{root}&room={n % rooms}&person={n}", "room": str(n % rooms)}
        for n in range(people)
    ]
    with started(["node", str(HERE / "socketio.mjs")], environment, port) as pid:
        yield Served("Socket.io, stored" if store else "Socket.io", "socketio", pid, sockets)


@contextmanager
def fastapi(rooms: int, people: int) -> Iterator[Served]:
    """FastAPI's rooms over Redis pub/sub."""
    port = free_port()
    environment = {
        "PEER_REDIS": REDIS,
        "PEER_PREFIX": f"peer-{secrets.token_hex(4)}",
        "PYTHONPATH": f"{SITE}{os.pathsep}{HERE}",
    }
    sockets = [
        {"url": f"ws://127.0.0.1:{port}/room/{n % rooms}/{n}", "room": str(n % rooms)}
        for n in range(people)
    ]
    with started(uvicorn("fastapi_room:app", port), environment, port) as pid:
        yield Served("FastAPI", "fastapi", pid, sockets)


def _peer_tables(url: str, rooms: int, people: int) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS peer_message, peer_member, peer_room")
        connection.execute(PEER_TABLES)
        connection.cursor().executemany(
            "INSERT INTO peer_room (id) VALUES (%s)", [(str(n),) for n in range(rooms)]
        )
        connection.cursor().executemany(
            "INSERT INTO peer_member VALUES (%s, %s)",
            [(str(n % rooms), str(n)) for n in range(people)],
        )


def drive(served: Served, rounds: list[Round]) -> list[Figures]:
    """Open every socket, run the rounds; figures with the CPU of server, PostgreSQL and Redis."""
    client = subprocess.Popen(
        ["node", str(HERE / "load.mjs")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    if client.stdin is None or client.stdout is None:
        raise RuntimeError("no pipes to the load")
    heard = partial(_heard, client.stdout)

    def ask(line: str) -> None:
        client.stdin.write(line + "\n")  # type: ignore[union-attr]
        client.stdin.flush()  # type: ignore[union-attr]

    ask(json.dumps({"kind": served.kind, "sockets": served.sockets, "rounds": rounds}))
    opened = heard()
    if opened["opened"] != len(served.sockets):
        raise RuntimeError(f"{served.name}: {opened}")
    found = []
    for each in rounds:
        before = _cpu(served)
        ask("go")
        figures = {**heard(), "server": served.name, "opening": opened["seconds"]}
        figures["cpu"] = {name: spent - before[name] for name, spent in _cpu(served).items()}
        figures["memory"] = sum(map(load.memory_mb, served.processes()))
        if each["name"] != "warm":
            found.append(figures)
    ask("end")
    client.wait(timeout=30)
    return found


def _heard(lines: Any) -> Figures:
    for line in lines:
        figures: Figures = json.loads(line)
        if "refused" in figures:
            print(f"refused: {figures['refused']}", file=sys.stderr)
            continue
        return figures
    raise RuntimeError("the load ended without figures")


def _cpu(served: Served) -> dict[str, float]:
    groups = {
        "app": served.processes(),
        "PostgreSQL": load.processes_named(DATABASE),
        "Redis": load.processes_named("redis-server"),
    }
    return {name: sum(map(load.cpu_seconds, pids)) for name, pids in groups.items()}


def _row(figures: Figures) -> str:
    delivered, cpu = figures["delivered"], figures["cpu"]
    each = " + ".join(f"{1e6 * spent / max(1, delivered):.1f}" for spent in cpu.values())
    if "expected" in figures:
        share = f"{100 * delivered / figures['expected']:.2f} %"
        times = " / ".join(f"{figures[name] or 0:.1f}" for name in ("p50", "p95", "p99"))
    else:
        share, times = f"{delivered / figures['seconds']:,.0f}/s", ""
    extra = f"{figures.get('doubled', 0)} doubled, {figures['lost']} lost, "
    extra += f"opened in {figures['opening']:.0f} s"
    return (
        f"| {figures['name']} | {figures['server']} | {share} | {times} | {each} | "
        f"{figures['memory']:.0f} | {extra} |"
    )


HEADER = (
    "| round | server | delivered | p50 / p95 / p99 ms "
    "| CPU µs per delivery: app + PostgreSQL + Redis | memory MB | |\n" + "| --- " * 7 + "|"
)
Make = Any


def _servers(url: str, rooms: int, people: int, *, names: set[str]) -> list[tuple[str, Make]]:
    known: list[tuple[str, Make]] = [
        ("cairn", partial(cairn, rooms, people, url=url)),
        ("socketio", partial(socketio, rooms, people, url=url, store=False)),
        ("stored", partial(socketio, rooms, people, url=url, store=True)),
        ("fastapi", partial(fastapi, rooms, people)),
    ]
    return [(name, make) for name, make in known if name in names]


def missing() -> str:
    """Why this cannot be measured here, or nothing."""
    import redis

    if not shutil.which("node") or not shutil.which("npm"):
        return "Node and npm are not here: the peers and the load are written in it."
    try:
        redis.Redis.from_url(REDIS, socket_connect_timeout=0.5).ping()
        psycopg.connect(database.SERVER, connect_timeout=2).close()
    except (redis.RedisError, psycopg.Error):
        return "PostgreSQL and Redis do not answer."
    return ""


def install() -> None:
    """The peers' packages, beside the peers."""
    if not (HERE / "node_modules").exists():
        npm = ["npm", "ci", "--silent", "--no-audit", "--no-fund"]
        subprocess.run(npm, check=True, cwd=HERE)
    if not SITE.exists():
        uv = str(Path(sys.executable).with_name("uv"))
        pip = [uv] if Path(uv).exists() else [sys.executable, "-m"]
        locked = ["--require-hashes", "-r", str(HERE / "requirements.lock")]
        subprocess.run(
            [*pip, "pip", "install", "--quiet", "--target", str(SITE), *locked], check=True
        )


def main(given: list[str] | None = None) -> list[str]:
    """Run it; lines of Markdown for docs/performance.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--servers", default="cairn,socketio,stored,fastapi")
    parser.add_argument("--parts", default="room,rooms,held")
    parser.add_argument("--times", type=int, default=2, help="how often, in turns")
    parser.add_argument("--held", type=int, default=10_000)
    options = parser.parse_args(given)
    if why := missing():
        return [why]
    install()
    parts = {"room": (1, 500, ROOM), "rooms": (50, 1_000, ROOMS)}
    wanted = set(options.servers.split(","))
    lines = [HEADER]
    with ExitStack() as stack:
        url = stack.enter_context(database.empty(DATABASE))
        for part in options.parts.split(","):
            if part == "held":
                held = wanted & {"cairn", "socketio"}
                plan = [(options.held // 20, options.held, HELD, held)]
            else:
                plan = [(*parts[part], wanted)] * options.times
            for rooms, people, rounds, names in plan:
                for _name, make in _servers(url, rooms, people, names=names):
                    with make() as served:
                        for figures in drive(served, rounds):
                            lines.append(
                                _row(figures) if "delivered" in figures else _held(figures)
                            )
                            print(lines[-1], file=sys.stderr, flush=True)
    return lines


def _held(figures: Figures) -> str:
    cpu = " + ".join(f"{spent:.1f} s" for spent in figures["cpu"].values())
    return (
        f"| {figures['held']:,} held | {figures['server']} | "
        f"| opened in {figures['opening']:.0f} s | {cpu} in 30 s | "
        f"{figures['memory']:.0f} | {figures['lost']} lost |"
    )


if __name__ == "__main__":
    print("\n".join(main()))
