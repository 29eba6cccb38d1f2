"""A closed-loop HTTP load of keep-alive connections on loopback, and CPU read from /proc."""

import asyncio
import itertools
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Figures:
    """One run: requests per second, latency in milliseconds, CPU milliseconds per request."""

    name: str
    requests: int
    seconds: float
    p50: float
    p95: float
    p99: float
    failed: int
    cpu_ms: dict[str, float] = field(default_factory=dict)

    @property
    def per_second(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds

    def line(self) -> str:
        """One row of a Markdown table."""
        cpu = " + ".join(f"{ms:.2f} {name}" for name, ms in self.cpu_ms.items())
        return (
            f"| {self.name} | {self.per_second:.0f} | {self.p50:.1f} / {self.p95:.1f} / "
            f"{self.p99:.1f} | {cpu} | {self.failed} |"
        )


COLUMNS = ("what", "requests/s", "p50 / p95 / p99 ms", "CPU ms per request", "failed")
HEADER = f"| {' | '.join(COLUMNS)} |\n{'|---' * len(COLUMNS)}|"


def percentile(values: list[float], share: float) -> float:
    """The nearest-rank percentile of sorted values."""
    return values[min(len(values) - 1, int(len(values) * share))]


async def _client(
    host: str, port: int, request: Callable[[], bytes], until: float, taken: list[float]
) -> int:
    failed = 0
    reader, writer = await asyncio.open_connection(host, port)
    try:
        while time.perf_counter() < until:
            began = time.perf_counter()
            writer.write(request())
            head = await reader.readuntil(b"\r\n\r\n")
            lowered = head.lower()
            size = int(lowered.split(b"content-length: ")[1].split(b"\r\n")[0])
            await reader.readexactly(size)
            taken.append((time.perf_counter() - began) * 1000)
            failed += not head.startswith(b"HTTP/1.1 200")
    finally:
        writer.close()
    return failed


async def _all(
    url: str, connections: int, seconds: float, tokens: Sequence[str]
) -> tuple[list[float], int]:
    parts = urlsplit(url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    head = f"HTTP/1.1\r\nHost: 127.0.0.1:{parts.port}\r\nAccept: application/json\r\n"
    numbers = itertools.count()

    def asking_as(person: int) -> Callable[[], bytes]:
        own = f"Authorization: Bearer {tokens[person % len(tokens)]}\r\n" if tokens else ""

        def request() -> bytes:
            return f"GET {path.replace('%n', str(next(numbers)))} {head}{own}\r\n".encode()

        return request

    taken: list[float] = []
    until = time.perf_counter() + seconds
    host, port = parts.hostname or "127.0.0.1", parts.port or 80
    clients = [_client(host, port, asking_as(i), until, taken) for i in range(connections)]
    failed = sum(await asyncio.gather(*clients))
    return sorted(taken), failed


def run(
    name: str,
    url: str,
    *,
    connections: int,
    seconds: float,
    processes: dict[str, list[int]],
    tokens: Sequence[str] = (),
) -> Figures:
    """Load one address, `%n` in it being another number each time.

    `processes` names groups of process ids whose CPU is counted. With `tokens` each connection
    asks as a person of its own, without as nobody.
    """
    before = {group: sum(map(cpu_seconds, pids)) for group, pids in processes.items()}
    began = time.perf_counter()
    taken, failed = asyncio.run(_all(url, connections, seconds, tokens))
    spent = time.perf_counter() - began
    count = max(1, len(taken))
    cpu = {
        group: (sum(map(cpu_seconds, pids)) - before[group]) * 1000 / count
        for group, pids in processes.items()
    }
    return Figures(
        name=name,
        requests=len(taken),
        seconds=spent,
        p50=percentile(taken, 0.5),
        p95=percentile(taken, 0.95),
        p99=percentile(taken, 0.99),
        failed=failed,
        cpu_ms=cpu,
    )


def cpu_seconds(pid: int) -> float:
    """User and system CPU of a process and its ended children, in seconds; 0 when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(fields[i]) for i in (11, 12, 13, 14)) / os.sysconf("SC_CLK_TCK")


def memory_mb(pid: int) -> float:
    """Proportional set size of a process in MB."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    return (
        next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")) / 1024
    )


def family(pid: int) -> list[int]:
    """A process and all its descendants."""
    found = [pid]
    for parent in found:
        tasks = Path(f"/proc/{parent}/task")
        if not tasks.exists():
            continue
        for task in tasks.iterdir():
            children = task / "children"
            if children.exists():
                found.extend(int(child) for child in children.read_text().split())
    return found


def processes_named(word: str) -> list[int]:
    """Ids of processes whose command line has a word."""
    found = []
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            try:
                if word in (path / "cmdline").read_text():
                    found.append(int(path.name))
            except OSError:
                continue
    return found
