"""Ties a command to the life of the process that started it. Run as a script, without Django.

    python tether.py <lifeline descriptor> <command> [argument ...]

The tether leads a process group of its own and starts the command inside it. The lifeline is the
read end of a pipe whose write end only the supervisor holds: when the supervisor dies, however
suddenly, the pipe reports its end and the tether kills its whole group, so that nothing outlives
it. SIGTERM is passed on to the command alone (a Celery worker drains when its first process is
told, not its pool). The tether ends with the command's own status.
"""

import ctypes
import os
import select
import signal
import subprocess
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h
POLL_SECONDS = 0.2


def die_with_parent() -> None:
    """Ask Linux to kill this process when its parent dies; elsewhere the lifeline alone serves."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def kill_group() -> None:
    """Kill every process of this process group, this one included."""
    os.killpg(os.getpgrp(), signal.SIGKILL)


def main(argv: list[str]) -> int:
    """Run the command until it ends or the lifeline does; return its exit status.

    A command that a signal ended gives 128 + the signal's number, as a shell does.
    """
    lifeline, command = int(argv[0]), argv[1:]
    # The tether is one small thread, so a function between fork and exec is safe here.
    child = subprocess.Popen(command, preexec_fn=die_with_parent)  # noqa: PLW1509
    signal.signal(signal.SIGTERM, lambda *_: child.send_signal(signal.SIGTERM))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while (status := child.poll()) is None:
        ended, _, _ = select.select([lifeline], [], [], POLL_SECONDS)
        if ended:
            kill_group()
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
