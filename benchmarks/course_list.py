"""The course list: 20 of 2,000 courses beside 200,000 enrolments, granian, 64 connections.

The peer in the same run is the bare cost of a request on the same server, `/healthz`.
"""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks import database, load, people

CONNECTIONS, SECONDS = 64, 8.0


def environment_of(url: str, port: int) -> dict[str, str]:
    """The environment of production on a port, with the static files collected."""
    environment = {
        **os.environ,
        "LMS_MODE": "production",
        "LMS_SECRET_KEY": secrets.token_urlsafe(48),
        "LMS_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "DATABASE_URL": url,
        "REDIS_URL": os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0"),
        "REDIS_PREFIX": "cairn-bench",
        "MALLOC_ARENA_MAX": "2",
        "LMS_LOG_LEVEL": "WARNING",
    }
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"],
        check=True,
        env=environment,
    )
    return environment


def granian(port: int) -> list[str]:
    """The command of the web role: two workers of four threads."""
    command = [sys.executable, "-m", "lms.preload", "granian", "--interface", "wsgi"]
    command += ["--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", "2", "--blocking-threads", "4", "--log-level", "warning"]
    command += ["--workers-kill-timeout", "20"]  # as in deploy/cairn: one told to end as it forks
    return [*command, "lms.wsgi:application"]


@contextmanager
def served(url: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Cairn on granian in production mode with two workers; its address and process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(granian(port), env=environment_of(url, port))
    base = f"http://127.0.0.1:{port}"
    try:
        wait(base)
        yield base, process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=15)


def wait(base: str) -> None:
    """Until the server answers; raises TimeoutError after a minute."""
    for _ in range(300):
        try:
            urllib.request.urlopen(f"{base}/healthz", timeout=1).read()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError


def main() -> list[str]:
    """Run it; lines of Markdown for docs/performance.md."""
    lines = [load.HEADER]
    with database.filled() as url, served(url) as (base, process):
        pids = {"app": load.family(process.pid), "PostgreSQL": []}
        listing = f"{base}/api/v1/courses/"
        everybody = people.tokens(url, CONNECTIONS)
        nobody: list[str] = []
        for address in (f"{base}/healthz", listing):
            load.run("warm", address, connections=8, seconds=2, processes=pids)
        pids["PostgreSQL"] = load.processes_named("cairn_bench")
        cases = [
            ("bare request (/healthz)", f"{base}/healthz", nobody),
            ("course list, nobody signed in", listing, nobody),
            ("course list, page 60", f"{listing}?page=60", nobody),
            ("course list, 64 people signed in", listing, everybody),
            ("the same, computed each time", f"{listing}?n=%n", everybody),
            ("course list, computed each time", f"{listing}?n=%n", nobody),
            ("course list, searched, computed each time", f"{listing}?search=course&n=%n", nobody),
        ]
        for name, address, tokens in cases:  # kept by asker and address, so `n` defeats it
            figures = load.run(
                name,
                address,
                connections=CONNECTIONS,
                seconds=SECONDS,
                processes=pids,
                tokens=tokens,
            )
            lines.append(figures.line())
        memory = memory_of(process.pid)
        counts = queries_of(url, everybody[0])
    lines.append(f"\nMemory (PSS): {memory}.")
    lines.append(f"\nQueries, one of 64 people: {counts}.")
    return lines


def queries_of(url: str, token: str) -> str:
    """How many queries the list takes, asked in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.query_counts", token]
    environment = {**environment_of(url, 80), "DJANGO_SETTINGS_MODULE": "lms.settings"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip().splitlines()[-1]


def memory_of(server: int) -> str:
    """What the processes of the installation take, in MB."""
    vectors = load.processes_named("embedding_process")
    groups = {
        "each granian process": [pid for pid in load.family(server) if pid not in vectors],
        "the process of the embedding model": vectors,
        "PostgreSQL's connections in all": load.processes_named("cairn_bench"),
        "Redis": load.processes_named("redis-server"),
    }
    sizes = {name: [load.memory_mb(pid) for pid in pids] for name, pids in groups.items()}
    first, *others = sizes
    words = [f"{first} {', '.join(f'{mb:.0f}' for mb in sizes[first])} MB"]
    return "; ".join([*words, *(f"{name} {sum(sizes[name]):.0f} MB" for name in others)])


if __name__ == "__main__":
    print("\n".join(main()))
