"""The profile for the worker that runs code opens what the sandbox needs, and no more."""

import ctypes
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from assessments.gateway import sandbox

ROOT = Path(sandbox.__file__).parents[2]
SCRIPT = ROOT / "deploy" / "seccomp" / "grading.py"
NEEDED = ("unshare", "mount", "umount2", "pivot_root", "mount_setattr", "sethostname")
# What Docker refuses a container without capabilities, as far as a sandbox might want it.
REFUSED = (
    *NEEDED,
    *("setns", "chroot", "open_tree", "move_mount", "fsopen", "fsmount", "fsconfig", "clone3"),
    *("bpf", "perf_event_open", "keyctl", "add_key", "request_key", "userfaultfd", "reboot"),
    *("init_module", "finit_module", "delete_module", "quotactl", "syslog", "acct", "swapon"),
    *("setdomainname", "settimeofday", "clock_settime", "iopl", "ioperm", "kcmp", "vhangup"),
)
# Run as a program: no capabilities, then a filter that refuses all of these but some.
CAGE = """
import ctypes, os, sys
refused, allowed, root = sys.argv[1].split(), sys.argv[2].split(), sys.argv[3]
sys.path.insert(0, root)
seccomp = ctypes.CDLL("libseccomp.so.2")
seccomp.seccomp_init.restype = ctypes.c_void_p
seccomp.seccomp_load.argtypes = [ctypes.c_void_p]
seccomp.seccomp_rule_add_array.argtypes = [
    ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint, ctypes.c_void_p
]
from assessments.gateway.sandbox import check
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
ctypes.CDLL(None).prctl(38, 1, 0, 0, 0)
rules = seccomp.seccomp_init(0x7FFF0000)
for name in set(refused) - set(allowed):
    number = seccomp.seccomp_syscall_resolve_name(name.encode())
    error = 38 if name == "clone3" else 1
    if number >= 0 and seccomp.seccomp_rule_add_array(rules, 0x50000 | error, number, 0, None):
        sys.exit(f"no rule for {name}")
if seccomp.seccomp_load(rules):
    sys.exit("the filter was not taken")
print(check())
"""


def caged(*allowed: str) -> str:
    """Why the sandbox is away where only these of the refused calls are let through."""
    python = "/usr/bin/python3"  # one that a person without rights may run
    args = [python, "-c", CAGE, " ".join(REFUSED), " ".join(allowed), str(ROOT)]
    done = subprocess.run(args, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def _why_no_cage() -> str:
    try:
        ctypes.CDLL("libseccomp.so.2")
    except OSError:
        return "libseccomp is not installed"
    if not Path("/usr/bin/python3").exists():
        return "this machine has no Python of its own"
    if (
        os.geteuid() == 0
        and subprocess.run(
            ["/usr/bin/setpriv", "--reuid=65534", "/usr/bin/test", "-r", sandbox.__file__],
            check=False,
        ).returncode
    ):
        return "nobody may not read the project here"
    return sandbox.check()


WHY = _why_no_cage()
IN_CAGE = pytest.mark.skipif(bool(WHY), reason=f"no cage on this machine: {WHY}")


@IN_CAGE
def test_the_sandbox_holds_without_capabilities_when_six_calls_are_let_through() -> None:
    assert caged(*NEEDED) == ""


@IN_CAGE
@pytest.mark.parametrize("name", NEEDED)
def test_each_of_the_six_calls_is_needed(name: str) -> None:
    assert "let the sandbox be built" in caged(*(one for one in NEEDED if one != name))


def widen(text: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    given = folder / "default.json"
    given.write_text(text)
    return subprocess.run(
        [sys.executable, str(SCRIPT), str(given)], capture_output=True, text=True, check=False
    )


def test_the_profile_gets_one_rule_more_and_nothing_else(tmp_path: Path) -> None:
    before = {
        "defaultAction": "SCMP_ACT_ERRNO",
        "syscalls": [{"names": ["read"], "action": "SCMP_ACT_ALLOW"}],
    }
    done = widen(json.dumps(before), tmp_path)
    after = json.loads(done.stdout)
    rule = {"names": list(NEEDED), "action": "SCMP_ACT_ALLOW"}
    assert after == {**before, "syscalls": [*before["syscalls"], rule]}


@pytest.mark.parametrize(
    "text", ['{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [1]}', "{}", "x"]
)
def test_what_is_no_refusing_profile_is_not_widened(text: str, tmp_path: Path) -> None:
    done = widen(text, tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
