"""Widen Docker's own seccomp profile by what the sandbox of code questions needs, and no more.

    python3 deploy/seccomp/grading.py default.json > deploy/seccomp/grading.json

`default.json` is the profile of the Docker that runs the worker; it changes with its version, which
is why none lies here. Without a capability it refuses the six calls below. In a container without
capabilities they reach only what a user namespace of one's own gives.
"""

import json
import sys
from pathlib import Path
from typing import Any

NEEDED = ("unshare", "mount", "umount2", "pivot_root", "mount_setattr", "sethostname")


def widened(profile: dict[str, Any]) -> dict[str, Any]:
    """The profile with one more rule; raises ValueError for what is none that refuses by itself."""
    if profile.get("defaultAction") != "SCMP_ACT_ERRNO" or not profile.get("syscalls"):
        message = "this is no profile that refuses what it does not name"
        raise ValueError(message)
    rule = {"names": list(NEEDED), "action": "SCMP_ACT_ALLOW"}
    return {**profile, "syscalls": [*profile["syscalls"], rule]}


def main() -> None:
    """Read the profile that is named, write the wider one."""
    try:
        profile = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
        wider = widened(profile)
    except (IndexError, OSError, ValueError) as problem:
        sys.exit(f"grading.py: {problem}\n{__doc__}")
    json.dump(wider, sys.stdout, indent=2)


if __name__ == "__main__":
    main()
