"""The program that builds the cell around foreign code and runs it there.

Started by `sandbox` as `python -I -S sandbox_cell.py <plan> <report> <value>` with the numbers of
three pipes and an empty environment. It is four processes: the first maps people, the second leaves
the namespaces, the third is the first one of the new world and builds its root, the fourth gives up
everything and runs the code. Only the third writes the report, so that the code cannot.

Plan: `{code, expression, seconds, memory, machine, binds, links, hidden}`, sizes in bytes.
"""

import json
import os
import resource
import signal
import sys
import traceback
from typing import Any, NoReturn

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - no more modules than needed

import sandbox_walls as walls  # type: ignore[import-not-found, unused-ignore]

NOBODY = 65534
OUT_OF_MEMORY, FAILED = 66, 1
WORK = "/box"
MB = 1024 * 1024
BASE_MEMORY = 48 * MB  # what the interpreter itself takes
LARGEST_VALUE = 20_000
MOST_THREADS = 16


def main() -> None:
    """Map the people of the new user namespace for the process that lives in it."""
    plan_fd, report_fd, value_fd = (int(word) for word in sys.argv[1:4])
    with os.fdopen(plan_fd, encoding="utf-8") as file:
        plan = json.load(file)
    left_r, left_w = os.pipe()
    mapped_r, mapped_w = os.pipe()
    child = os.fork()
    if not child:
        _leave(plan, report_fd, value_fd, left_w, mapped_r)
    if os.read(left_r, 1):
        _map_people(child)
        os.write(mapped_w, b"1")
    os.close(mapped_w)
    os.waitpid(child, 0)


def _map_people(child: int) -> None:
    """Root of the cell is whoever runs this; a real root lends it one more, who is nobody."""
    uid, gid = os.geteuid(), os.getegid()
    more = f"\n1 {NOBODY} 1" if uid == 0 else ""
    if uid != 0:
        _write(f"/proc/{child}/setgroups", "deny")
    _write(f"/proc/{child}/uid_map", f"0 {uid} 1{more}")
    _write(f"/proc/{child}/gid_map", f"0 {gid} 1{more}")


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="ascii") as file:  # noqa: PTH123 - as above
        file.write(text)


def _leave(plan: dict[str, Any], report: int, value: int, left: int, mapped: int) -> NoReturn:
    """Leave every namespace, wait for the map, and start the first process of the new world."""
    has_nobody = os.geteuid() == 0
    try:
        walls.unshare(walls.NEW_NAMESPACES | walls.NEW_NETWORK)
        walls.prctl(walls.PR_SET_PDEATHSIG, signal.SIGKILL)
        os.write(left, b"1")
        if not os.read(mapped, 1):
            _fail(report, "the user namespace was not mapped")
        first = os.fork()
    except OSError as problem:
        _fail(report, str(problem))
    if not first:
        os.close(left)
        os.close(mapped)
        _govern(plan, report, value, has_nobody=has_nobody)
    os.close(report)
    os.close(value)
    os.waitpid(first, 0)
    os._exit(0)


def _govern(plan: dict[str, Any], report: int, value: int, *, has_nobody: bool) -> NoReturn:
    """Build the root, run the code in a process below, and report how it ended.

    When this process ends, the kernel ends all that is left in its namespace.
    """
    try:
        walls.prctl(walls.PR_SET_PDEATHSIG, signal.SIGKILL)
        _build(plan, owner=1 if has_nobody else 0)
        walls.name_host("cell")
        armed_r, armed_w = os.pipe()
        runner = os.fork()
        if not runner:
            os.close(report)
            _imprison(plan, value, armed_w, has_nobody=has_nobody)
        os.close(value)
        os.close(armed_w)
        armed = os.read(armed_r, 1) == b"1"
        walls.prctl(walls.PR_SET_DUMPABLE, 0)
        for fd in (0, 1, 2):
            os.close(fd)
        _pid, status, used = os.wait4(runner, 0)
    except OSError as problem:
        _fail(report, str(problem))
    if not armed:
        _fail(report, "the limits could not be set")
    said = {"status": status, "cpu": used.ru_utime + used.ru_stime}
    os.write(report, json.dumps(said).encode())
    os._exit(0)


def _fail(report: int, words: str) -> NoReturn:
    os.write(report, json.dumps({"failed": words}).encode())
    os._exit(FAILED)


def _build(plan: dict[str, Any], *, owner: int) -> None:
    """A root with the Python installation, read-only, and a small folder to work in."""
    safe = walls.MS_NOSUID | walls.MS_NODEV
    walls.mount("", "/", "", walls.MS_REC | walls.MS_PRIVATE)
    root = next(
        one
        for one in ("/tmp", "/mnt", "/srv", "/media")  # noqa: S108 - a place to mount on
        if os.path.isdir(one)  # noqa: PTH112 - as above
        and not any(f"{path}/".startswith(f"{one}/") for path in plan["binds"])
    )
    walls.mount("cell", root, "tmpfs", safe, "size=1m,nr_inodes=512,mode=755")
    for path in plan["binds"]:
        os.makedirs(root + path, exist_ok=True)  # noqa: PTH103 - as above
        walls.mount(path, root + path, "", walls.MS_BIND | walls.MS_REC)
        walls.read_only(root + path, recursive=True)
    for path in plan["hidden"]:
        walls.mount("nothing", root + path, "tmpfs", safe | walls.MS_RDONLY, "size=4k,mode=555")
    for path, target in plan["links"]:
        os.symlink(target, root + path)  # noqa: PTH211 - as above
    os.mkdir(root + WORK)  # noqa: PTH102 - as above
    own = f"size=4m,nr_inodes=128,mode=700,uid={owner},gid={owner}"
    walls.mount("box", root + WORK, "tmpfs", safe | walls.MS_NOEXEC, own)
    os.symlink("box", f"{root}/tmp")  # noqa: PTH211, S108 - as above
    walls.change_root(root, plan["machine"])
    walls.read_only("/", recursive=False)
    os.chdir(WORK)


def _imprison(plan: dict[str, Any], value: int, armed: int, *, has_nobody: bool) -> NoReturn:
    """Give up people, limits, capabilities and system calls, say so, and run the code."""
    os.setsid()
    # Both are moved out of each other's way before they are moved to their places.
    value, armed = os.dup2(value, 103), os.dup2(armed, 104)
    value, armed = os.dup2(value, 3), os.dup2(armed, 4)
    os.closerange(5, 1024)
    if has_nobody:
        os.setgroups([])
        os.setresgid(1, 1, 1)
        os.setresuid(1, 1, 1)
    seconds, memory = plan["seconds"], plan["memory"] + BASE_MEMORY
    walls.limit(
        [
            (resource.RLIMIT_CPU, seconds, seconds + 1),
            (resource.RLIMIT_AS, memory, memory),
            (resource.RLIMIT_FSIZE, MB, MB),
            (resource.RLIMIT_NOFILE, 32, 32),
            (resource.RLIMIT_NPROC, MOST_THREADS, MOST_THREADS),
            (resource.RLIMIT_CORE, 0, 0),
            (resource.RLIMIT_STACK, 8 * MB, 8 * MB),
            (resource.RLIMIT_MEMLOCK, 0, 0),
        ]
    )
    walls.drop_capabilities()
    walls.refuse_calls(plan["machine"])
    os.environ.clear()
    os.environ.update({"HOME": WORK, "LANG": "C.UTF-8"})
    os.write(armed, b"1")
    os.close(armed)
    _run(plan["code"], plan["expression"], value)


def _run(code: str, expression: str, out: int) -> NoReturn:
    """Run a program; with an expression, write its value in the program's names to `out`."""
    sys.argv, sys.path[:] = ["answer.py"], [WORK, *sys.path[1:]]
    _write_source(code)
    names: dict[str, Any] = {"__name__": "__main__", "__builtins__": __builtins__}
    ended = 0
    try:
        exec(compile(code, "answer.py", "exec"), names)  # noqa: S102 - what the cell is for
        if expression:
            found = repr(eval(compile(expression, "test", "eval"), names))  # noqa: S307 - as above
            os.write(out, found[:LARGEST_VALUE].encode("utf-8", "replace"))
    except SystemExit as leaving:
        ended = 0 if leaving.code in {None, 0} else FAILED
    except MemoryError:
        ended = OUT_OF_MEMORY
    except BaseException as problem:  # noqa: BLE001 - whatever it raises is its own
        ended = FAILED
        _tell(problem)
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(ended)


def _write_source(code: str) -> None:
    """So that a traceback shows its lines."""
    with open(f"{WORK}/answer.py", "w", encoding="utf-8", errors="replace") as file:  # noqa: PTH123
        file.write(code)


def _tell(problem: BaseException) -> None:
    """The traceback without the lines of this file."""
    try:
        trace = problem.__traceback__
        traceback.print_exception(type(problem), problem, trace.tb_next if trace else None)
    except BaseException:  # noqa: BLE001 - a broken exception of theirs
        sys.stderr.write(f"{type(problem).__name__}\n")


if __name__ == "__main__":
    main()
