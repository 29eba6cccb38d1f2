"""Reading a document in a process of its own, which ends in time and within its memory.

A small file can ask a parser for hours or for all memory there is: a table cell that spans a
thousand million columns, a table as wide as it is long, tags that never close. A clock that is
looked at between pages does not stop that, and a worker that is stuck or killed takes the jobs of
others along.
"""

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from ai.gateway.documents.reading import read_document
from ai.gateway.documents.shape import MAX_SECONDS, DocumentRefused, Extracted

MEMORY = 1024**3
_ROOT = Path(__file__).resolve().parents[3]
# What a program needs to start; secrets of the site are not among it.
_KEPT = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL")
_LATE = "The document took too long to read. Try a part of it."
_ODD = "The document is made in a way that cannot be read."


def read_apart(
    body: bytes, content_type: str, *, charset: str = "", seconds: float = MAX_SECONDS
) -> Extracted:
    """As `read_document`, whatever the document does. Raises DocumentRefused in words."""
    command = [sys.executable, "-m", "ai.gateway.documents.apart", content_type, charset[:40]]
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603 - our own program, no shell
            command,
            input=body,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            cwd=_ROOT,
            env=kept,
            check=False,
        )
        said = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        raise DocumentRefused(_LATE) from None
    except ValueError:
        raise DocumentRefused(_ODD) from None
    if "refused" in said:
        raise DocumentRefused(said["refused"])
    return Extracted(said["title"], said["markdown"], tuple(said["lost"]))


def _main(content_type: str, charset: str) -> dict[str, object]:
    """What the other process says: the document, or why it is refused."""
    _bound()
    try:
        found = read_document(sys.stdin.buffer.read(), content_type, charset=charset)
    except DocumentRefused as problem:
        return {"refused": problem.detail}
    except Exception:  # noqa: BLE001 - a parser lets anything through, and nobody reads on
        return {"refused": _ODD}
    return {"title": found.title, "markdown": found.markdown, "lost": found.lost}


def _bound() -> None:
    """Limit this process; where a system knows no such limit the clock outside is left."""
    import resource

    seconds = int(MAX_SECONDS)
    for which, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(ValueError, OSError):
            resource.setrlimit(which, (most, most))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_main(*sys.argv[1:3])))
