"""Real attacks on the sandbox. Where there is none here, each test says why it does not run."""

import os
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest
from django.conf import settings

from assessments.gateway import sandbox
from assessments.gateway.sandbox import Ended, Limits, Outcome, SandboxAway, check, run_code

AWAY = check()
pytestmark = pytest.mark.skipif(bool(AWAY), reason=f"no sandbox on this machine: {AWAY}")
QUICK = Limits(seconds=1, memory_mb=32)


def attack(code: str, *, stdin: str = "", limits: Limits = QUICK) -> Outcome:
    return run_code(dedent(code), stdin=stdin, limits=limits)


def refused(act: str) -> Outcome:
    """What an act in the cell raises, as its only output."""
    return attack(
        f"""
        import ctypes, os, signal, socket, subprocess, sys, threading
        libc = ctypes.CDLL(None, use_errno=True)
        try:
            done = {act}
        except BaseException as problem:
            print(type(problem).__name__)
        else:
            print("done", done)
        """
    )


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    """No process of a cell survives its run."""
    yield
    mine = str(sandbox.CELL).encode()
    left = [one for one in Path("/proc").glob("[0-9]*/cmdline") if mine in _said(one)]
    assert not left or os.environ.get("PYTEST_XDIST_WORKER")  # other workers run cells too


def _said(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""  # it ended meanwhile


def test_every_wall_holds() -> None:
    assert check() == ""


def test_a_program_reads_and_writes_and_an_expression_is_worked_out() -> None:
    found = run_code(
        "x = int(input())\nprint('got', x)", stdin="20\n", expression="x + 1.5", limits=QUICK
    )
    assert (found.ended, found.out, found.value) == (Ended.DONE, "got 20\n", "21.5")


def test_the_standard_library_is_there_and_files_in_its_folder() -> None:
    found = attack(
        """
        import asyncio, collections, dataclasses, datetime, decimal, json, random, re, sqlite3
        import statistics, tempfile, threading, hashlib
        done = threading.Thread(target=lambda: print("thread")); done.start(); done.join()
        with open("notes.txt", "w") as file: file.write("kept")
        print(open("notes.txt").read(), tempfile.mkdtemp().startswith("/tmp/"))
        """,
        limits=Limits(seconds=3, memory_mb=64),
    )
    assert (found.ended, found.err) == (Ended.DONE, "")
    assert found.out == "thread\nkept True\n"


def test_errors_show_the_lines_of_the_program_alone() -> None:
    found = attack("def f():\n    return 1 / 0\nf()\n")
    assert found.ended is Ended.ERROR
    assert "return 1 / 0" in found.err
    assert "sandbox_cell" not in found.err
    assert str(settings.BASE_DIR) not in found.err


def test_a_fork_bomb_forks_nothing() -> None:
    assert attack("import os\nwhile True: os.fork()").err.endswith(
        "PermissionError: [Errno 1] Operation not permitted\n"
    )


@pytest.mark.parametrize(
    "act",
    [
        "os.fork()",
        "os.forkpty()",
        "os.posix_spawn(sys.executable, ['x'], {})",
        "subprocess.run(['ls'])",
        "os.execv('/lib64/ld-linux-x86-64.so.2', ['x'])",
        "__import__('multiprocessing').Process(target=print).start()",
    ],
)
def test_no_process_starts_and_no_program_is_run(act: str) -> None:
    assert refused(act).out in {"PermissionError\n", "FileNotFoundError\n", "OSError\n"}


def test_threads_are_few() -> None:
    found = attack(
        """
        import threading, time
        started = 0
        try:
            for _each in range(200):
                threading.Thread(target=time.sleep, args=(0.1,)).start()
                started += 1
        except RuntimeError:
            print(started)
        """
    )
    assert 0 < int(found.out) < 20


@pytest.mark.parametrize(
    "code",
    [
        "x = bytearray(2 * 1024**3)",
        "x = []\nwhile True: x.append(bytearray(1_000_000))",
        "x = 'a'\nwhile True: x += x",
        "import mmap\nx = mmap.mmap(-1, 2 * 1024**3)\nx.write(b'a' * 2**31)",
    ],
)
def test_two_gigabytes_are_not_to_be_had(code: str) -> None:
    started = time.monotonic()
    assert attack(code).ended in {Ended.MEMORY, Ended.ERROR}
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    "code",
    [
        "while True: pass",
        "import time; time.sleep(3600)",
        "import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass",
        "input()\ninput()",
        "import threading\nthreading.Event().wait()",
        "while True:\n    try:\n        while True: pass\n    except BaseException: pass",
    ],
)
def test_nothing_runs_for_ever(code: str) -> None:
    started = time.monotonic()
    found = attack(code)
    assert found.ended is Ended.TIME or "EOFError" in found.err
    assert time.monotonic() - started < 15


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_endless_output_ends(stream: str) -> None:
    found = attack(f"import sys\nwhile True: sys.{stream}.write('x' * 1000)")
    assert found.ended is Ended.OUTPUT
    assert len(found.out + found.err) <= sandbox.MAX_OUTPUT


def test_the_disk_is_small_and_nothing_else_can_be_written() -> None:
    found = attack(
        """
        import os
        total = 0
        for n in range(500):
            try:
                with open(f"f{n}", "wb") as file:
                    file.write(b"x" * 900_000)
                total += 900_000
            except OSError:
                break
        print(total < 5_000_000)
        for path in ("/x", "/usr/x", "/usr/lib/x", "/lib/x", os.__file__):
            try:
                open(path, "a")
                print("wrote", path)
            except OSError:
                pass
        """
    )
    assert found.out == "True\n"
    large = attack("import signal; open('f', 'wb').write(b'x' * 3_000_000)")
    assert large.ended in {Ended.ERROR, Ended.CRASH}


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "/etc/shadow",
        "/proc/self/environ",
        "/proc/1/environ",
        "/proc/self/cwd/etc/passwd",
        "/sys/kernel",
        "/dev/sda",
        "/dev/mem",
        "/home",
        "/run/secrets",
        "/var/run/docker.sock",
    ],
)
def test_the_system_is_out_of_sight(path: str) -> None:
    assert refused(f"open({path!r}).read()").out in {
        "FileNotFoundError\n",
        "PermissionError\n",
        "NotADirectoryError\n",
    }


def test_the_project_and_its_settings_are_out_of_sight() -> None:
    base = Path(settings.BASE_DIR)
    for path in (base, base / "lms/settings/env.py", Path(settings.DATA_DIR), sandbox.CELL):
        assert attack(f"import os; print(os.path.exists({str(path)!r}))").out == "False\n"
    assert attack("import django").err.endswith("No module named 'django'\n")
    assert attack("import lms.settings").err.endswith("No module named 'lms'\n")


def test_the_environment_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LMS_SECRET_KEY", "zqsecret")
    monkeypatch.setenv("DATABASE_URL", "postgresql://zqsecret@127.0.0.1/x")
    found = attack("import os; print(sorted(os.environ.items()))")
    assert found.out == "[('HOME', '/box'), ('LANG', 'C.UTF-8')]\n"
    memory = attack(
        """
        import gc
        seen = str([one for one in gc.get_objects() if isinstance(one, (dict, list))])
        print("zqsecre" + chr(116) in seen)  # put together here, or it would find itself
        """
    )
    assert memory.out == "False\n"


def test_links_lead_nowhere() -> None:
    found = attack(
        """
        import os
        for target in ("/etc/passwd", "../../../../etc/passwd", "/proc/1/root"):
            os.symlink(target, "link")
            try:
                open("link").read()
                print("read", target)
            except OSError as problem:
                print(type(problem).__name__)
            os.unlink("link")
        for way in ("..", "../..", "/box/../.."):
            print(sorted(set(os.listdir(way)) - {"box", "tmp", "lib", "lib64", "usr"}))
        """
    )
    top = Path(os.__file__).resolve().parts[1]
    outside = [] if top == "usr" else [top]
    assert found.out == "FileNotFoundError\n" * 3 + f"{outside}\n" * 3


@pytest.fixture
def listener() -> Iterator[int]:
    """A server on the loopback of this machine, as PostgreSQL and Redis are."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize("port", [0, 5432, 6379, 53])
def test_no_socket_opens(listener: int, port: int) -> None:
    for act in (
        f"socket.create_connection(('127.0.0.1', {port or listener}), 1)",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
        "socket.socket(socket.AF_UNIX)",
        "socket.create_server(('', 0))",
    ):
        assert refused(act).out == "PermissionError\n"
    assert refused("socket.getaddrinfo('example.com', 80)").out in {
        "gaierror\n",
        "PermissionError\n",
    }


def test_even_a_raw_system_call_finds_no_network() -> None:
    found = attack(
        """
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        for number in (41, 198):
            print(libc.syscall(number, 2, 1, 0) < 0)
        """
    )
    assert found.out == "True\nTrue\n"


@pytest.mark.parametrize(
    "act",
    [
        "libc.ptrace(16, 1, 0, 0)",
        "libc.ptrace(0, 0, 0, 0)",
        "libc.unshare(0x10000000)",
        "libc.setns(0, 0)",
        "libc.mount(b'x', b'/box', b'tmpfs', 0, None)",
        "libc.umount2(b'/box', 2)",
        "libc.chroot(b'/box')",
        "libc.setuid(0) if os.getuid() else libc.setuid(12345)",
        "libc.personality(0x0040000)",
        "libc.syscall(425, 8, 0)",
        "libc.syscall(435, 0, 0)",
        "libc.syscall(321, 0, 0, 0)",
        "libc.sethostname(b'x', 1)",
        "libc.shmget(0, 100_000_000, 0o1666)",
    ],
)
def test_the_kernel_refuses(act: str) -> None:
    assert refused(act).out == "done -1\n"


def test_nobody_else_can_be_seen_or_ended() -> None:
    found = attack(
        f"""
        import os, signal
        print(os.getppid())
        for pid in (1, os.getppid(), {os.getpid()}, {os.getppid()}, -1):
            try:
                os.kill(pid, 0 if pid == -1 else signal.SIGKILL)
            except OSError as problem:
                print(type(problem).__name__)
            else:
                print("sent")
        print("alive")
        """
    )
    assert found.out.endswith("alive\n")
    assert found.out.count("ProcessLookupError") >= 2
    assert os.getpid()


def test_limits_cannot_be_raised() -> None:
    found = attack(
        """
        import resource
        for which in (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_NPROC):
            try:
                resource.setrlimit(which, (resource.RLIM_INFINITY,) * 2)
                print("raised")
            except (ValueError, OSError):
                print("kept")
        """
    )
    assert found.out == "kept\nkept\nkept\n"


@pytest.mark.parametrize(
    "code",
    [
        "def f(): return f()\nf()",
        "import sys\nsys.setrecursionlimit(10**9)\ndef f(): return f()\nf()",
        "x = []\nfor _n in range(10**6): x = [x]\nrepr(x)",
        "import ctypes; ctypes.string_at(0)",
        "import os; os.abort()",
        "import os; os._exit(66)",
        "raise SystemExit(3)",
        "class E(BaseException):\n    def __str__(self): raise E\nraise E",
    ],
)
def test_whatever_breaks_breaks_itself_alone(code: str) -> None:
    assert attack(code, limits=Limits(seconds=2, memory_mb=64)).ended is not Ended.DONE


def test_a_program_cannot_say_how_it_ended() -> None:
    found = attack(
        """
        import os
        for fd in range(3, 256):
            try:
                os.write(fd, b'{"status": 0, "failed": "zq"}')
            except OSError:
                pass
        os._exit(1)
        """
    )
    assert found.ended is Ended.ERROR


def test_what_is_read_is_text_whatever_was_written() -> None:
    found = attack("import sys; sys.stdout.buffer.write(b'\\xff\\xfe ok'); print('\\udcff' == '')")
    assert "ok" in found.out


def test_elsewhere_there_is_no_weaker_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(SandboxAway):
        attack("print(1)")
    assert "darwin" in check()


def test_a_cell_that_cannot_be_built_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = {"binds": ["/nowhere"], "links": [], "hidden": []}
    monkeypatch.setattr(sandbox, "_installation", lambda: broken)
    with pytest.raises(SandboxAway, match="does not let the sandbox be built"):
        attack("print(1)")


def test_a_wall_with_a_hole_switches_it_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "WALLS", (*sandbox.WALLS, "dragons"))
    assert check() == "The sandbox does not hold: dragons."
