"""Run foreign Python code where it reaches nothing: no files, network, processes, secrets.

Linux gives all of it without privileges: user, mount, process, network, IPC, host and control
group namespaces, resource limits, no capabilities, and a filter of system calls. `sandbox_cell`
builds the cell; this module starts it, feeds it, holds the clock and the size of its output, and
ends it. `check` proves each wall by a program that tries to get through, and where one does not
hold nothing runs: there is no weaker sandbox to fall back on.

Neither the right answers nor the project's settings are ever given to the cell.
"""

import json
import logging
import os
import platform
import selectors
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import IO, Any, Final

from assessments.gateway.sandbox_walls import MACHINES

MB: Final = 1024 * 1024
MAX_OUTPUT: Final = 64 * 1024  # bytes of each stream, beyond it the program is stopped
MAX_INPUT: Final = 10_000  # characters, so that a pipe takes all of it at once
GRACE: Final = 2.0  # seconds to build the cell
CELL: Final = Path(__file__).with_name("sandbox_cell.py")
SYSTEM: Final = ("/usr/lib", "/usr/lib64", "/lib", "/lib64")  # links are made again in the cell
# Where packages of the machine or the project may lie inside the installation.
PACKAGES: Final = ("site-packages", "dist-packages")
OUT_OF_MEMORY: Final = 66
log = logging.getLogger(__name__)


class Ended(Enum):
    """How a program ended; the values are kept with answers."""

    DONE = "done"
    ERROR = "error"
    TIME = "time"
    MEMORY = "memory"
    OUTPUT = "output"
    CRASH = "crash"


class SandboxAway(Exception):
    """There is no sandbox here, or it broke; the message says why, for the people who run it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds of processor time, and megabytes above what Python itself takes."""

    seconds: int = 2
    memory_mb: int = 64


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a program did: both streams as text, the value of the expression, milliseconds."""

    ended: Ended
    out: str
    err: str
    value: str
    cpu_ms: int


def run_code(code: str, *, stdin: str = "", expression: str = "", limits: Limits) -> Outcome:
    """Run a program with that input, and work out an expression in its names.

    The clock on the wall allows twice the seconds and some to start. Raises SandboxAway.
    """
    machine = platform.machine()
    if sys.platform != "linux" or machine not in MACHINES:
        words = f"Code runs on Linux on x86_64 or aarch64; this is {sys.platform} on {machine}."
        raise SandboxAway(words)
    plan = {
        "code": code,
        "expression": expression,
        "seconds": limits.seconds,
        "memory": limits.memory_mb * MB,
        "machine": machine,
        **_installation(),
    }
    return _Cell(plan, stdin[:MAX_INPUT], limits).run()


def check() -> str:
    """Why the sandbox cannot be used here; empty when every wall holds. Takes half a second."""
    try:
        found = run_code(PROBE, limits=Limits(seconds=5, memory_mb=32))
    except SandboxAway as problem:
        return str(problem)
    if found.ended is not Ended.DONE:
        log.error("the probe of the sandbox ended with %s: %s", found.ended, found.err[-500:])
        return "The sandbox did not run its own test."
    try:
        held = json.loads(found.out)
    except ValueError:
        return "The sandbox did not run its own test."
    missing = [wall for wall in WALLS if held.get(wall) is not True]
    return f"The sandbox does not hold: {', '.join(missing)}." if missing else ""


def _installation() -> dict[str, Any]:
    """What of the machine is seen in the cell: the standard library and the system's libraries."""
    stdlib = Path(os.__file__).resolve().parent  # of the installation, also inside a venv
    links = [(one, str(Path(one).readlink())) for one in SYSTEM if Path(one).is_symlink()]
    folders = sorted({str(stdlib), *_library_folders()})
    binds = [one for one in folders if not any(one.startswith(f"{two}/") for two in folders)]
    hidden = [str(stdlib / name) for name in PACKAGES if (stdlib / name).is_dir()]
    return {"binds": binds, "links": links, "hidden": hidden}


def _library_folders() -> set[str]:
    """Where the C library lies, and with it those that the standard library loads."""
    lines = Path("/proc/self/maps").read_text(encoding="utf-8", errors="replace").splitlines()
    paths = {Path(line.split(maxsplit=5)[5]) for line in lines if line.count("/")}
    return {str(one.resolve().parent) for one in paths if one.name.startswith(("libc.", "libc-"))}


class _Cell:
    """One run: the process with its five pipes, until it ends or is ended."""

    def __init__(self, plan: dict[str, Any], stdin: str, limits: Limits) -> None:
        self.plan, self.stdin = plan, stdin.encode("utf-8", "replace")
        self.until = 2 * limits.seconds + GRACE
        self.kept: dict[str, bytearray] = {
            name: bytearray() for name in ("out", "err", "value", "report")
        }
        self.stopped: Ended | None = None

    def run(self) -> Outcome:
        """Start, feed, read and end it; raises SandboxAway when it could not be built."""
        plan_r, plan_w = os.pipe()
        report_r, report_w = os.pipe()
        value_r, value_w = os.pipe()
        python = os.path.realpath(getattr(sys, "_base_executable", "") or sys.executable)
        process = subprocess.Popen(  # noqa: S603 - our own program, no shell
            [python, "-I", "-S", "-X", "utf8", str(CELL), *map(str, (plan_r, report_w, value_w))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=(plan_r, report_w, value_w),
            env={},
            cwd="/",
            start_new_session=True,
        )
        for fd in (plan_r, report_w, value_w):
            os.close(fd)
        started = time.monotonic()
        try:
            _give(plan_w, json.dumps(self.plan).encode())
            _give(os.dup(_fd(process.stdin)), self.stdin)
            if process.stdin is not None:
                process.stdin.close()
            sources = {
                _fd(process.stdout): "out",
                _fd(process.stderr): "err",
                value_r: "value",
                report_r: "report",
            }
            self._read(sources, started + self.until)
        finally:
            _end(process)
            for fd in (report_r, value_r):
                os.close(fd)
        return self._outcome()

    def _read(self, sources: dict[int, str], until: float) -> None:
        """Read until all is said, the clock runs out or a stream says too much."""
        with selectors.DefaultSelector() as waiting:
            for fd, name in sources.items():
                waiting.register(fd, selectors.EVENT_READ, name)
            while waiting.get_map():
                left = until - time.monotonic()
                if left <= 0:
                    self.stopped = Ended.TIME
                    return
                for key, _events in waiting.select(left):
                    said = os.read(key.fd, MAX_OUTPUT)
                    if not said:
                        waiting.unregister(key.fd)
                    self.kept[key.data] += said
                    if len(self.kept[key.data]) > MAX_OUTPUT:
                        self.stopped = Ended.OUTPUT
                        return

    def _outcome(self) -> Outcome:
        said = json.loads(self.kept["report"] or b"{}")
        if "failed" in said:
            raise SandboxAway(_refusal(said["failed"]))
        if self.stopped is None and "status" not in said:
            log.error("the cell broke: %s", bytes(self.kept["err"][-500:]))
            raise SandboxAway("The sandbox broke before it could say how the program ended.")
        out, err, value = (
            bytes(self.kept[name][:MAX_OUTPUT]).decode("utf-8", "replace")
            for name in ("out", "err", "value")
        )
        ended = self.stopped or _ending(int(said["status"]))
        cpu = said.get("cpu", self.plan["seconds"])
        return Outcome(ended, out, err, value, cpu_ms=round(float(cpu) * 1000))


def _fd(stream: IO[bytes] | None) -> int:
    """The number of a pipe that was asked for."""
    return -1 if stream is None else stream.fileno()


def _give(fd: int, data: bytes) -> None:
    """Write all of it and close; a reader that is gone is no failure here."""
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(data)
    except BrokenPipeError:
        log.info("a cell ended before it read what it was given")


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the cell with all that is in it, and forget it."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        log.debug("the cell has ended by itself")
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()
    process.wait()


def _ending(status: int) -> Ended:
    if os.WIFSIGNALED(status):
        timed = os.WTERMSIG(status) in {signal.SIGXCPU, signal.SIGKILL}
        return Ended.TIME if timed else Ended.CRASH
    code = os.WEXITSTATUS(status)
    if code == OUT_OF_MEMORY:
        return Ended.MEMORY
    return Ended.ERROR if code else Ended.DONE


def _refusal(words: str) -> str:
    return f"This server does not let the sandbox be built ({words})."


# What the probe must find shut, by the names of the walls.
WALLS: Final = (
    "files of the system",
    "the rest of the machine",
    "writing outside of its folder",
    "the environment",
    "sockets",
    "processes",
    "programs",
    "new namespaces",
    "memory",
    "other people's processes",
)
PROBE: Final = """
import ctypes, json, os, socket
held = {}
def shut(name, act):
    try:
        act()
    except (OSError, MemoryError):
        held[name] = True
    else:
        held[name] = False
libc = ctypes.CDLL(None, use_errno=True)
def call(done):
    if done < 0:
        raise OSError(ctypes.get_errno(), "refused")
shut("files of the system", lambda: open("/etc/passwd"))
seen = set(os.listdir("/"))
named = {"usr", "lib", "lib64", "box", "tmp", *__import__("sys").path[-1].split("/")[1:2]}
held["the rest of the machine"] = seen <= named and not os.path.exists("/proc")
shut("writing outside of its folder", lambda: open("/x", "w"))
held["the environment"] = set(os.environ) == {"HOME", "LANG"}
shut("sockets", lambda: socket.socket())
shut("processes", os.fork)
shut("programs", lambda: os.execv("/usr/lib/ld-linux-x86-64.so.2", ["x"]))
shut("new namespaces", lambda: call(libc.unshare(0x10000000)))
shut("memory", lambda: bytearray(400_000_000))
shut("other people's processes", lambda: call(libc.ptrace(16, 1, 0, 0)))
print(json.dumps(held))
"""
