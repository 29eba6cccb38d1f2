"""The trial's data folder: its lock, its archive, and how an archive comes back."""

import fcntl
import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

DATABASE = "cairn.sqlite3"
KEPT = ("media", "mail", "secret")
MANIFEST = "manifest.json"
FORMAT = 1
CHUNK = 1024 * 1024


class ArchiveError(Exception):
    """The archive cannot be used; the message says why. Nothing was changed."""


class DataInUseError(Exception):
    """Another process holds the data folder."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of an archive: its path in the data folder, size in bytes, SHA-256 in hex."""

    path: str
    size: int
    sha256: str


@contextmanager
def only_one(data: Path) -> Iterator[None]:
    """Hold the folder's lock: two beats on one folder would do everything twice (J5).

    Raises DataInUseError when another process holds it.
    """
    with (data / "trial.lock").open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as problem:
            raise DataInUseError(f"Cairn runs on the data in {data}. Stop it first.") from problem
        yield


def write_archive(data: Path, target: Path, *, migrations: Iterable[str], at: str) -> list[Entry]:
    """Archive the data folder into `target` (.tar.gz) and return what it holds.

    May run while Cairn does: SQLite's online backup copies one consistent moment of the database.
    The file appears under its name only when complete, readable by its owner alone.
    `migrations` are the applied ones ("app.name"), `at` is the time in ISO 8601.
    """
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        copy = Path(folder) / DATABASE
        _copy_database(data / DATABASE, copy)
        part = Path(folder) / "archive"
        with (
            open(part, "wb", opener=_private) as raw,
            tarfile.open(fileobj=raw, mode="w:gz") as tar,
        ):
            entries = [_add(tar, copy, DATABASE)]
            for path in _kept_files(data):
                with suppress(FileNotFoundError):  # deleted since it was listed
                    entries.append(_add(tar, path, path.relative_to(data).as_posix()))
            manifest = {
                "format": FORMAT,
                "created_at": at,
                "migrations": sorted(migrations),
                "files": [asdict(entry) for entry in entries],
            }
            _add_bytes(tar, MANIFEST, json.dumps(manifest, indent=1).encode())
        part.replace(target)
    return entries


def restore_archive(archive: Path, data: Path, *, known: set[str], stamp: str) -> Path | None:
    """Put the archive's content in place of the data folder.

    Everything is unpacked and checked beside it first. The old folder is kept and its new place
    returned (None when there was none). `known` are the migrations that the code has, `stamp`
    names the folder put aside. Raises ArchiveError or DataInUseError.
    """
    data.mkdir(parents=True, exist_ok=True)
    with only_one(data), tempfile.TemporaryDirectory(dir=data.parent, prefix=".restore-") as folder:
        fresh = Path(folder) / "data"
        try:
            with tarfile.open(archive, "r:gz") as tar:
                _unpack(tar, fresh, known)
        except (tarfile.TarError, EOFError, OSError) as problem:
            raise ArchiveError(f"{archive} cannot be read: {problem}") from problem
        _check_database(fresh / DATABASE)
        aside = data.with_name(f"{data.name}.before-restore-{stamp}")
        data.rename(aside)
        fresh.rename(data)
    if any(path.name != "trial.lock" for path in aside.iterdir()):
        return aside
    shutil.rmtree(aside)
    return None


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _copy_database(source: Path, target: Path) -> None:
    if not source.exists():
        raise ArchiveError(f"There is no database at {source}.")
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")


def _kept_files(data: Path) -> Iterator[Path]:
    for name in KEPT:
        top = data / name
        if top.is_file():
            yield top
        for path in sorted(top.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield path


def _add(tar: tarfile.TarFile, path: Path, name: str) -> Entry:
    """Add one file under a name; its sum is of the bytes that went in."""
    with path.open("rb") as source:
        info = tar.gettarinfo(arcname=name, fileobj=source)
        info.uid = info.gid = 0
        info.uname = info.gname = ""
        summed = _Summed(source, info.size)
        tar.addfile(info, summed)
    return Entry(name, info.size, summed.sha256.hexdigest())


class _Summed(io.RawIOBase):
    """A reader that sums what passes, and fills up with zeros a file that shrank meanwhile."""

    def __init__(self, source: IO[bytes], size: int) -> None:
        self.source, self.left, self.sha256 = source, size, hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        wanted = self.left if size < 0 else min(size, self.left)
        chunk = self.source.read(wanted).ljust(wanted, b"\0")
        self.left -= len(chunk)
        self.sha256.update(chunk)
        return chunk


def _add_bytes(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(content), 0o600
    tar.addfile(info, io.BytesIO(content))


def _unpack(tar: tarfile.TarFile, fresh: Path, known: set[str]) -> None:
    """Write the files that the manifest names, and no other member, checking each sum."""
    manifest = _manifest(tar)
    newer = set(manifest["migrations"]) - known
    if newer:
        raise ArchiveError(f"The archive is of a newer Cairn; this one lacks {min(newer)}.")
    for fields in manifest["files"]:
        entry = Entry(**fields)
        target = fresh / _safe(entry.path)
        target.parent.mkdir(parents=True, exist_ok=True)
        with open(target, "xb", opener=_private) as out:
            if _copy_member(tar, entry, out) != entry.sha256:
                raise ArchiveError(f"{entry.path} in the archive is damaged.")


def _manifest(tar: tarfile.TarFile) -> dict[str, Any]:
    try:
        source = tar.extractfile(MANIFEST)
        manifest = json.loads(source.read() if source else b"")
    except (KeyError, ValueError) as problem:
        raise ArchiveError("This is not a backup of Cairn: it has no manifest.") from problem
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ArchiveError("The archive has a format that this version does not know.")
    return manifest


def _safe(name: str) -> PurePosixPath:
    """A path inside the data folder that a backup may hold; raises ArchiveError for any other."""
    path = PurePosixPath(name)
    inside = not path.is_absolute() and ".." not in path.parts and "\\" not in name
    if not inside or path.parts[:1] not in {(DATABASE,), *((kept,) for kept in KEPT)}:
        raise ArchiveError(f"The archive names a path that no backup holds: {name}")
    return path


def _copy_member(tar: tarfile.TarFile, entry: Entry, out: IO[bytes]) -> str:
    try:
        member = tar.getmember(entry.path)
    except KeyError as problem:
        raise ArchiveError(f"{entry.path} is missing from the archive.") from problem
    source = tar.extractfile(member) if member.isreg() and member.size == entry.size else None
    if source is None:
        raise ArchiveError(f"{entry.path} in the archive is damaged.")
    total = hashlib.sha256()
    while chunk := source.read(CHUNK):
        total.update(chunk)
        out.write(chunk)
    return total.hexdigest()


def _check_database(path: Path) -> None:
    if not path.exists():
        raise ArchiveError("The archive holds no database.")
    with closing(sqlite3.connect(path)) as database:
        try:
            verdict = database.execute("PRAGMA integrity_check").fetchone()[0]
        except sqlite3.DatabaseError as problem:
            raise ArchiveError("The archive's database is damaged.") from problem
    if verdict != "ok":
        raise ArchiveError(f"The archive's database is damaged: {verdict}")
