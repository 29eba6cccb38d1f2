"""Keeps a handful of programs running and lets none of them outlive it.

Each program runs under a tether (see ``tether.py``) in a process group of its own. What it prints
is passed on line by line under its name. A program that ends is started again after a pause that
doubles with each quick death; what is left of its group is killed first. SIGTERM or SIGINT lets
every program drain; a second signal, or the end of the patience, kills the groups.
"""

import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

TETHER = Path(__file__).with_name("tether.py")
COLOURS = (36, 35, 33, 32, 34, 31)
CHUNK = 65536
TICK_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Program:
    """A command to keep running: what it is called in the log, its arguments, its environment."""

    name: str
    argv: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds, before a restart and for a program to drain."""

    first_pause: float = 0.5
    longest_pause: float = 30.0
    steady_after: float = 20.0
    drain: float = 15.0

    def pause_after(self, quick_deaths: int) -> float:
        """The pause before the next start after so many quick deaths in a row."""
        doubled = self.first_pause * 2.0 ** min(quick_deaths, 16)
        return min(self.longest_pause, doubled)


class _Watched:
    """One program with its running process, its output so far and its history of deaths."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.process: subprocess.Popen[bytes] | None = None
        self.rest = b""
        self.started_at = 0.0
        self.quick_deaths = 0
        self.due_at = 0.0

    def start(self, lifeline: int, now: float) -> None:
        """Start the program under a tether that holds the read end of the lifeline."""
        command = [sys.executable, "-I", str(TETHER), str(lifeline), *self.program.argv]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
            env={**os.environ, **self.program.env},
            pass_fds=(lifeline,),
            start_new_session=True,
        )
        if self.process.stdout is not None:
            # A descendant that left the group may hold the pipe open: reading must never wait.
            os.set_blocking(self.process.stdout.fileno(), False)
        self.started_at = now

    def signal_first(self) -> None:
        """Ask the program to drain."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                self.process.send_signal(signal.SIGTERM)

    def kill_group(self) -> None:
        """Kill whatever still runs in the program's process group."""
        if self.process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def lines(self, chunk: bytes) -> list[str]:
        """Add output and return the lines that are complete now."""
        *whole, self.rest = (self.rest + chunk).split(b"\n")
        return [line.decode(errors="replace").rstrip("\r") for line in whole]


class Supervisor:
    """Runs programs until it is told to stop; see the module's docstring.

    ``say`` receives every line for the reader, already prefixed. ``on_start`` is called once, when
    all programs have been started.
    """

    def __init__(
        self,
        programs: Sequence[Program],
        *,
        say: Callable[[str], None],
        colour: bool = False,
        patience: Patience | None = None,
        on_start: Callable[[], None] | None = None,
    ) -> None:
        self._watched = [_Watched(program) for program in programs]
        self._width = max((len(program.name) for program in programs), default=0)
        self._say = say
        self._colour = colour
        self._patience = patience or Patience()
        self._on_start = on_start
        self._selector = selectors.DefaultSelector()
        self._stop_signals = 0
        self._drain_until = 0.0

    def run(self) -> int:
        """Run until SIGTERM or SIGINT; return 0, or 1 when a program had to be killed."""
        before = {
            number: signal.signal(number, self._told_to_stop)
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
            # Under nohup a closing terminal stays ignored.
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN
        }
        lifeline, held = os.pipe()
        try:
            self._start_due(lifeline)
            if self._on_start is not None:
                self._on_start()
            while not self._stop_signals:
                self._turn()
                self._start_due(lifeline)
            return self._drain()
        finally:
            for watched in self._watched:
                watched.kill_group()
            os.close(held)
            os.close(lifeline)
            self._selector.close()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _told_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stop_signals += 1

    def _turn(self) -> None:
        """Pass on what was printed during one tick and notice who has ended."""
        if not self._selector.get_map():
            time.sleep(TICK_SECONDS)
        for key, _ in self._selector.select(TICK_SECONDS):
            self._read(key.data)
        for watched in self._watched:
            if watched.process is not None and watched.process.poll() is not None:
                self._bury(watched)

    def _read(self, watched: _Watched) -> None:
        stream = self._stream(watched)
        try:
            chunk = os.read(stream.fileno(), CHUNK)
        except BlockingIOError:
            return
        for line in watched.lines(chunk):
            self._log(watched, line)
        if not chunk:
            self._selector.unregister(stream)

    def _bury(self, watched: _Watched) -> None:
        """Kill what is left of the group, tell how it ended and set the time of the next start."""
        watched.kill_group()
        stream, process = self._stream(watched), watched.process
        if stream in (key.fileobj for key in self._selector.get_map().values()):
            self._selector.unregister(stream)
        for line in watched.lines((stream.read() or b"") + b"\n"):
            if line:
                self._log(watched, line)
        stream.close()
        watched.process = None
        if self._stop_signals:
            self._log(watched, "has ended")
            return
        now = time.monotonic()
        steady = now - watched.started_at >= self._patience.steady_after
        watched.quick_deaths = 0 if steady else watched.quick_deaths
        pause = self._patience.pause_after(watched.quick_deaths)
        watched.quick_deaths += 1
        watched.due_at = now + pause
        status = process.returncode if process is not None else None
        self._log(watched, f"ended with status {status}; starting again in {pause:g} s")

    def _start_due(self, lifeline: int) -> None:
        now = time.monotonic()
        for watched in self._watched:
            if watched.process is None and watched.due_at <= now:
                watched.start(lifeline, now)
                self._selector.register(self._stream(watched), selectors.EVENT_READ, watched)

    def _drain(self) -> int:
        """Let every program end by itself; kill what has not after the patience or a signal."""
        self._say("Stopping: programs finish what they have in hand (once more to kill them).")
        for watched in self._watched:
            watched.signal_first()
        until = time.monotonic() + self._patience.drain
        while any(watched.process is not None for watched in self._watched):
            if time.monotonic() >= until or self._stop_signals > 1:
                break
            self._turn()
        late = [watched for watched in self._watched if watched.process is not None]
        for watched in late:
            self._log(watched, "did not end in time and is killed")
            watched.kill_group()
        return 1 if late else 0

    @staticmethod
    def _stream(watched: _Watched) -> IO[bytes]:
        if watched.process is None or watched.process.stdout is None:
            message = f"{watched.program.name} is not running"
            raise RuntimeError(message)
        return watched.process.stdout

    def _log(self, watched: _Watched, line: str) -> None:
        name = watched.program.name.ljust(self._width)
        if self._colour:
            shade = COLOURS[self._watched.index(watched) % len(COLOURS)]
            name = f"\x1b[{shade}m{name}\x1b[0m"
        self._say(f"{name} | {line}")
