"""The supervisor with real processes: small programs that print, die, hang and have children."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from lms.management.supervisor import Patience

ROOT = Path(__file__).resolve().parents[3]
DEADLINE_SECONDS = 20.0

DRIVER = """
    import sys
    from lms.management.supervisor import Patience, Program, Supervisor

    programs = [
        Program(name, [sys.executable, "-u", "-c", source])
        for name, source in {programs!r}
    ]
    patience = Patience(first_pause=0.1, longest_pause=0.4, steady_after=60.0, drain={drain!r})
    say = lambda line: print(line, flush=True)
    started = lambda: say("all started")
    raise SystemExit(Supervisor(programs, say=say, patience=patience, on_start=started).run())
"""

SLEEPER = """
    import os, pathlib, time
    print("pid", os.getpid())
    time.sleep(60)
"""
# A program with a child of its own, as a prefork worker has.
PARENT = """
    import os, subprocess, sys, time
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    print("pids", os.getpid(), child.pid)
    time.sleep(60)
"""
DRAINER = """
    import signal, sys, time
    def stop(*_):
        print("draining")
        time.sleep(0.3)
        print("drained")
        sys.exit(0)
    signal.signal(signal.SIGTERM, stop)
    print("ready")
    time.sleep(60)
"""
STUBBORN = """
    import os, signal, time
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print("pid", os.getpid())
    time.sleep(60)
"""
QUICK = """
    import sys
    print("tried")
    sys.exit(3)
"""


class Running:
    """A supervisor in a process of its own, with its output so far."""

    def __init__(self, tmp_path: Path, programs: dict[str, str], drain: float) -> None:
        self.log = tmp_path / "log"
        sources = [(name, textwrap.dedent(source)) for name, source in programs.items()]
        driver = textwrap.dedent(DRIVER).format(programs=sources, drain=drain)
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-c", driver], cwd=ROOT, stdout=out, stderr=subprocess.STDOUT
            )
        self.seen: set[int] = set()

    def lines(self) -> list[str]:
        return self.log.read_text().splitlines()

    def numbers(self, start: str) -> list[int]:
        """Every process id that the lines beginning so have told."""
        told = [line.removeprefix(start) for line in self.lines() if line.startswith(start)]
        found = [int(word) for line in told for word in line.split() if word.isdigit()]
        self.seen.update(found)
        return found

    def wait_for(self, true: Callable[[], bool]) -> None:
        wait_for(true, lambda: "\n".join(self.lines()))

    def end(self) -> None:
        for pid in {self.process.pid, *self.seen}:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(10)


Start = Callable[..., Running]


def wait_for(true: Callable[[], bool], told: Callable[[], str] = str) -> None:
    until = time.monotonic() + DEADLINE_SECONDS
    while not true():
        assert time.monotonic() < until, told()
        time.sleep(0.05)


def alive(pid: int) -> bool:
    """Whether the process runs; one that is dead and only not yet buried does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Start]:
    started: list[Running] = []

    def start(programs: dict[str, str], *, drain: float = 10.0) -> Running:
        started.append(Running(tmp_path, programs, drain))
        return started[-1]

    yield start
    for running in started:
        running.end()


def test_supervisor_prefixes_each_line_with_the_programs_name(run: Start) -> None:
    running = run({"a": 'print("one\\ntwo"); import time; time.sleep(60)', "long": SLEEPER})
    running.wait_for(lambda: {"a    | one", "a    | two"} <= set(running.lines()))
    assert running.lines().count("all started") == 1


def test_supervisor_restarts_a_program_after_kill_9(run: Start) -> None:
    running = run({"worker": SLEEPER})
    running.wait_for(lambda: len(running.numbers("worker | pid")) == 1)
    first = running.numbers("worker | pid")[0]
    os.kill(first, signal.SIGKILL)
    running.wait_for(lambda: len(running.numbers("worker | pid")) == 2)
    second = running.numbers("worker | pid")[1]
    assert second != first
    assert alive(second)
    assert not alive(first)
    assert "worker | ended with status 137; starting again in 0.1 s" in running.lines()


def test_supervisor_kills_what_is_left_of_the_group_before_a_restart(run: Start) -> None:
    running = run({"worker": PARENT})
    running.wait_for(lambda: len(running.numbers("worker | pids")) == 2)
    parent, orphan = running.numbers("worker | pids")
    os.kill(parent, signal.SIGKILL)
    running.wait_for(lambda: len(running.numbers("worker | pids")) == 4)
    assert not alive(orphan)


def test_supervisor_waits_longer_after_each_quick_death(run: Start) -> None:
    running = run({"web": QUICK})
    running.wait_for(lambda: running.lines().count("web | tried") >= 4)
    told = [line for line in running.lines() if "starting again" in line]
    assert told[:3] == [
        "web | ended with status 3; starting again in 0.1 s",
        "web | ended with status 3; starting again in 0.2 s",
        "web | ended with status 3; starting again in 0.4 s",
    ]


def test_supervisor_killed_with_9_leaves_no_orphan(run: Start) -> None:
    running = run({"worker": PARENT, "web": SLEEPER})
    running.wait_for(
        lambda: (
            len(running.numbers("worker | pids")) == 2 and len(running.numbers("web    | pid")) == 1
        )
    )
    family = running.numbers("worker | pids") + running.numbers("web    | pid")
    running.process.kill()
    running.process.wait(10)
    wait_for(lambda: not any(alive(pid) for pid in family))
    assert [pid for pid in family if alive(pid)] == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_supervisor_lets_programs_drain(run: Start, number: signal.Signals) -> None:
    # O4
    running = run({"worker": DRAINER})
    running.wait_for(lambda: "worker | ready" in running.lines())
    running.process.send_signal(number)
    assert running.process.wait(DEADLINE_SECONDS) == 0
    assert running.lines()[-3:] == ["worker | draining", "worker | drained", "worker | has ended"]


def test_supervisor_kills_a_program_that_does_not_drain(run: Start) -> None:
    running = run({"worker": STUBBORN}, drain=0.5)
    running.wait_for(lambda: len(running.numbers("worker | pid")) == 1)
    stubborn = running.numbers("worker | pid")[0]
    running.process.terminate()
    assert running.process.wait(DEADLINE_SECONDS) == 1
    wait_for(lambda: not alive(stubborn))
    assert running.lines()[-1] == "worker | did not end in time and is killed"


def test_supervisor_kills_at_the_second_signal(run: Start) -> None:
    running = run({"worker": STUBBORN}, drain=600.0)
    running.wait_for(lambda: len(running.numbers("worker | pid")) == 1)
    running.process.terminate()
    running.wait_for(lambda: any(line.startswith("Stopping") for line in running.lines()))
    running.process.terminate()
    assert running.process.wait(DEADLINE_SECONDS) == 1


def test_patience_doubles_up_to_its_limit() -> None:
    patience = Patience(first_pause=0.5, longest_pause=30.0)
    assert [patience.pause_after(n) for n in (0, 1, 2, 6, 1000)] == [0.5, 1.0, 2.0, 30.0, 30.0]
