"""The walls of the sandbox by the names of Linux: mounts, limits, capabilities, system calls.

Used by `sandbox_cell` alone, which runs as a program of its own; nothing here knows the project.
Numbers are from linux/mount.h, linux/prctl.h, linux/seccomp.h and the tables of system calls of
the two processors that are known here.
"""

import ctypes
import os
import resource
import struct
from collections.abc import Iterable

NEW_NAMESPACES = 0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000
NEW_NETWORK = 0x40000000
CLONE_THREAD = 0x00010000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_REC, MS_PRIVATE = (
    1,
    2,
    4,
    8,
    4096,
    16384,
    1 << 18,
)
ATTR_RDONLY, ATTR_NOSUID, ATTR_NODEV = 1, 2, 4
AT_FDCWD, AT_RECURSIVE = -100, 0x8000
SYS_MOUNT_SETATTR = 442
MNT_DETACH = 2
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 4, 24, 38
PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
LAST_CAPABILITY = 63

# Numbers from here on are the same everywhere, and all of them are newer than what Python needs:
# io_uring, clone3, the new mount calls, pidfd_getfd, landlock, memfd_secret and what is to come.
FIRST_NEW_CALL = 424
ALLOW, ERRNO, KILL = 0x7FFF0000, 0x00050000, 0x80000000
EPERM, ENOSYS = 1, 38

# machine: (audit architecture, pivot_root, clone, what is refused)
_X86 = (
    "ptrace 101 process_vm_readv 310 process_vm_writev 311 kcmp 312 mount 165 umount2 166 "
    "pivot_root 155 chroot 161 unshare 272 setns 308 fork 57 vfork 58 execve 59 execveat 322 "
    "socket 41 connect 42 accept 43 bind 49 listen 50 accept4 288 keyctl 250 add_key 248 "
    "request_key 249 bpf 321 perf_event_open 298 userfaultfd 323 init_module 175 finit_module 313 "
    "delete_module 176 kexec_load 246 kexec_file_load 320 reboot 169 swapon 167 swapoff 168 "
    "acct 163 quotactl 179 settimeofday 164 clock_settime 227 adjtimex 159 clock_adjtime 305 "
    "sethostname 170 setdomainname 171 iopl 172 ioperm 173 personality 135 open_by_handle_at 304 "
    "name_to_handle_at 303 lookup_dcookie 212 nfsservctl 180 mbind 237 set_mempolicy 238 "
    "move_pages 279 migrate_pages 256 syslog 103 vhangup 153 modify_ldt 154 fanotify_init 300 "
    "memfd_create 319 shmget 29 msgget 68 semget 64 mq_open 240"
)
_ARM = (
    "ptrace 117 process_vm_readv 270 process_vm_writev 271 kcmp 272 mount 40 umount2 39 "
    "pivot_root 41 chroot 51 unshare 97 setns 268 execve 221 execveat 281 "
    "socket 198 connect 203 accept 202 bind 200 listen 201 accept4 242 keyctl 219 add_key 217 "
    "request_key 218 bpf 280 perf_event_open 241 userfaultfd 282 init_module 105 finit_module 273 "
    "delete_module 106 kexec_load 104 kexec_file_load 294 reboot 142 swapon 224 swapoff 225 "
    "acct 89 quotactl 60 settimeofday 170 clock_settime 112 adjtimex 171 clock_adjtime 266 "
    "sethostname 161 setdomainname 162 personality 92 open_by_handle_at 265 "
    "name_to_handle_at 264 lookup_dcookie 18 nfsservctl 42 mbind 235 set_mempolicy 237 "
    "move_pages 239 migrate_pages 238 syslog 116 vhangup 58 fanotify_init 262 "
    "memfd_create 279 shmget 194 msgget 186 semget 190 mq_open 180"
)
MACHINES = {
    "x86_64": (0xC000003E, 155, 56, _X86),
    "aarch64": (0xC00000B7, 41, 220, _ARM),
}

_libc = ctypes.CDLL(None, use_errno=True)


def _checked(done: int, what: str) -> None:
    if done < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def unshare(flags: int) -> None:
    """Leave the namespaces that `flags` name; raises OSError."""
    _checked(_libc.unshare(flags), "unshare")


def prctl(option: int, value: int) -> None:
    """One number set on this process; raises OSError."""
    _checked(_libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0), f"prctl {option}")


def name_host(name: str) -> None:
    """Set the name of the machine inside its namespace."""
    _checked(_libc.sethostname(os.fsencode(name), len(name)), "sethostname")


def mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    """Mount something; raises OSError."""
    args = [os.fsencode(part) if part else None for part in (source, target, kind)]
    said = os.fsencode(options) if options else None
    _checked(_libc.mount(*args, ctypes.c_ulong(flags), said), f"mount {target}")


def read_only(path: str, *, recursive: bool) -> None:
    """Make a mount, with those below it, read-only, without devices and set-uid programs."""
    flags = ATTR_RDONLY | ATTR_NOSUID | ATTR_NODEV
    attributes = struct.pack("=QQQQ", flags, 0, 0, 0)
    call = ctypes.c_long(SYS_MOUNT_SETATTR)
    below = AT_RECURSIVE if recursive else 0
    done = _libc.syscall(
        call, ctypes.c_int(AT_FDCWD), os.fsencode(path), ctypes.c_uint(below), attributes, 32
    )
    _checked(done, f"mount_setattr {path}")


def change_root(path: str, machine: str) -> None:
    """Make `path` the root and let go of the old one; raises OSError."""
    os.chdir(path)
    number = MACHINES[machine][1]
    _checked(_libc.syscall(ctypes.c_long(number), b".", b"."), "pivot_root")
    _checked(_libc.umount2(b".", MNT_DETACH), "umount of the old root")
    os.chdir("/")


def limit(limits: Iterable[tuple[int, int, int]]) -> None:
    """Set resource limits: (which, soft, hard)."""
    for which, soft, hard in limits:
        resource.setrlimit(which, (soft, hard))


def drop_capabilities() -> None:
    """Give up every capability, and the way to any."""
    for capability in range(LAST_CAPABILITY + 1):
        # The first number that the kernel does not know ends the list.
        if _libc.prctl(PR_CAPBSET_DROP, ctypes.c_ulong(capability), 0, 0, 0) < 0:
            break
    header = struct.pack("=II", 0x20080522, 0)
    _checked(_libc.capset(header, bytes(24)), "capset")
    prctl(PR_SET_NO_NEW_PRIVS, 1)


def refuse_calls(machine: str) -> None:
    """Install the filter of system calls, which nothing takes away again; raises OSError."""
    program = _filter(machine)
    buffer = ctypes.create_string_buffer(program, len(program))
    head = struct.pack("@HP", len(program) // 8, ctypes.addressof(buffer))
    done = _libc.prctl(
        PR_SET_SECCOMP, ctypes.c_ulong(SECCOMP_MODE_FILTER), head, ctypes.c_ulong(0), 0
    )
    _checked(done, "seccomp")


def _filter(machine: str) -> bytes:
    """Classic BPF over struct seccomp_data: number at 0, architecture at 4, arguments from 16."""
    architecture, _pivot, clone, said = MACHINES[machine]
    refused = [int(word) for word in said.split() if word.isdigit()]
    lines = [
        _line(0x20, 4),  # load the architecture
        _line(0x15, architecture, 1, 0),
        _line(0x06, KILL),
        _line(0x20, 0),  # load the number of the call
        _line(0x35, FIRST_NEW_CALL, 0, 1),
        _line(0x06, ERRNO | ENOSYS),
    ]
    for number in refused:
        lines += [_line(0x15, number, 0, 1), _line(0x06, ERRNO | EPERM)]
    lines += [
        _line(0x15, clone, 0, 4),
        _line(0x20, 16),  # load the flags: threads may start, processes not
        _line(0x54, CLONE_THREAD),
        _line(0x15, CLONE_THREAD, 1, 0),
        _line(0x06, ERRNO | EPERM),
        _line(0x06, ALLOW),
    ]
    return b"".join(lines)


def _line(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("=HBBI", code, yes, no, value)
