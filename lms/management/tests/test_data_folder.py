"""Backup and restore on real SQLite files, and archives that must not be believed."""

import io
import json
import sqlite3
import stat
import tarfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from lms.management.data_folder import (
    ArchiveError,
    DataInUseError,
    only_one,
    restore_archive,
    write_archive,
)

KNOWN = {"accounts.0001_initial", "courses.0001_initial"}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    (folder / "media" / "a").mkdir(parents=True)
    (folder / "media" / "a" / "notes.pdf").write_bytes(b"%PDF" + bytes(range(256)) * 100)
    (folder / "cache").mkdir()
    (folder / "cache" / "x").write_text("left out")
    (folder / "secret").write_text("s" * 64)
    with closing(sqlite3.connect(folder / "cairn.sqlite3")) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE people (name TEXT)")
        database.execute("INSERT INTO people VALUES ('Ada')")
        database.commit()
    return folder


def people(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / "cairn.sqlite3")) as database:
        return [row[0] for row in database.execute("SELECT name FROM people ORDER BY rowid")]


def backed_up(data: Path, name: str = "backup.tar.gz") -> Path:
    target = data.parent / name
    write_archive(data, target, migrations=sorted(KNOWN), at="2026-03-01T00:00:00+00:00")
    return target


def rewritten(archive: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The same archive with other content."""
    with tarfile.open(archive, "r:gz") as tar:
        parts = {m.name: tar.extractfile(m).read() for m in tar.getmembers()}  # type: ignore[union-attr]
    change(parts)
    target = archive.with_name("changed.tar.gz")
    with tarfile.open(target, "w:gz") as tar:
        for name, content in parts.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return target


def test_backup_and_restore_bring_everything_back(data: Path) -> None:  # O2
    archive = backed_up(data)
    media = (data / "media" / "a" / "notes.pdf").read_bytes()
    with closing(sqlite3.connect(data / "cairn.sqlite3")) as database:
        database.execute("DELETE FROM people")
        database.commit()
    (data / "media" / "a" / "notes.pdf").write_text("overwritten")
    aside = restore_archive(archive, data, known=KNOWN, stamp="20260301-000000")
    assert people(data) == ["Ada"]
    assert (data / "media" / "a" / "notes.pdf").read_bytes() == media
    assert (data / "secret").read_text() == "s" * 64
    assert aside == data.with_name("data.before-restore-20260301-000000")
    assert people(aside) == []


def test_backup_leaves_out_what_can_be_made_again_and_is_private(data: Path) -> None:
    archive = backed_up(data)
    with tarfile.open(archive, "r:gz") as tar:
        names = tar.getnames()
    assert sorted(names) == ["cairn.sqlite3", "manifest.json", "media/a/notes.pdf", "secret"]
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    assert [path.name for path in data.parent.iterdir() if path.name.startswith(".")] == []


def test_backup_holds_one_moment_while_the_database_is_written(data: Path) -> None:
    with closing(sqlite3.connect(data / "cairn.sqlite3")) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("INSERT INTO people VALUES ('Uncommitted')")
        archive = backed_up(data)
        writer.commit()
    restore_archive(archive, data, known=KNOWN, stamp="x")
    assert people(data) == ["Ada"]


def test_restore_into_an_empty_place_keeps_nothing_aside(data: Path, tmp_path: Path) -> None:
    archive, fresh = backed_up(data), tmp_path / "elsewhere" / "data"
    assert restore_archive(archive, fresh, known=KNOWN, stamp="x") is None
    assert people(fresh) == ["Ada"]
    assert [path.name for path in fresh.parent.iterdir()] == ["data"]


def test_restore_is_refused_while_cairn_runs(data: Path) -> None:
    archive = backed_up(data)
    with only_one(data), pytest.raises(DataInUseError):
        restore_archive(archive, data, known=KNOWN, stamp="x")
    assert people(data) == ["Ada"]


def test_second_holder_of_the_lock_is_refused(data: Path) -> None:  # J5
    with only_one(data), pytest.raises(DataInUseError), only_one(data):
        pass
    with only_one(data):
        pass


def test_backup_without_a_database_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError):
        write_archive(tmp_path, tmp_path / "x.tar.gz", migrations=[], at="")
    assert list(tmp_path.iterdir()) == []


def test_restore_of_a_newer_cairn_is_refused(data: Path) -> None:  # O3
    archive = backed_up(data)
    with pytest.raises(ArchiveError, match=r"courses\.0001_initial"):
        restore_archive(archive, data, known={"accounts.0001_initial"}, stamp="x")
    assert people(data) == ["Ada"]


def damage(parts: dict[str, bytes]) -> None:
    parts["secret"] = b"t" * 64


def shorten(parts: dict[str, bytes]) -> None:
    parts["secret"] = b"s"


def lose(parts: dict[str, bytes]) -> None:
    del parts["secret"]


def escape(parts: dict[str, bytes]) -> None:
    manifest = json.loads(parts["manifest.json"])
    manifest["files"][-1]["path"] = "media/../../evil"
    parts["manifest.json"] = json.dumps(manifest).encode()


def absolute(parts: dict[str, bytes]) -> None:
    manifest = json.loads(parts["manifest.json"])
    manifest["files"][-1]["path"] = "/etc/passwd"
    parts["manifest.json"] = json.dumps(manifest).encode()


def other_place(parts: dict[str, bytes]) -> None:
    manifest = json.loads(parts["manifest.json"])
    manifest["files"][-1]["path"] = "broker/queue/evil"
    parts["manifest.json"] = json.dumps(manifest).encode()


def no_manifest(parts: dict[str, bytes]) -> None:
    del parts["manifest.json"]


def other_format(parts: dict[str, bytes]) -> None:
    parts["manifest.json"] = b'{"format": 99}'


def no_database(parts: dict[str, bytes]) -> None:
    manifest = json.loads(parts["manifest.json"])
    manifest["files"] = manifest["files"][1:]
    parts["manifest.json"] = json.dumps(manifest).encode()


@pytest.mark.parametrize(
    "change",
    [
        damage,
        shorten,
        lose,
        escape,
        absolute,
        other_place,
        no_manifest,
        other_format,
        no_database,
    ],
)
def test_restore_refuses_an_archive_it_cannot_trust(
    data: Path, change: Callable[[dict[str, bytes]], None]
) -> None:  # U4
    archive = rewritten(backed_up(data), change)
    with pytest.raises(ArchiveError):
        restore_archive(archive, data, known=KNOWN, stamp="x")
    assert people(data) == ["Ada"]
    assert (data / "secret").read_text() == "s" * 64
    assert sorted(path.name for path in data.parent.iterdir()) == [
        "backup.tar.gz",
        "changed.tar.gz",
        "data",
    ]


def test_restore_refuses_what_is_no_archive(data: Path, tmp_path: Path) -> None:
    (tmp_path / "x.tar.gz").write_text("no")
    for name in ("x.tar.gz", "missing.tar.gz"):
        with pytest.raises(ArchiveError):
            restore_archive(tmp_path / name, data, known=KNOWN, stamp="x")


def test_restore_refuses_a_damaged_database(data: Path) -> None:
    (data / "media" / "b.bin").write_bytes(b"x")
    path = data / "cairn.sqlite3"
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode=DELETE")
        database.executemany("INSERT INTO people VALUES (?)", [("x" * 900,) for _ in range(50)])
        database.commit()
    raw = bytearray(path.read_bytes())
    raw[4096:12288] = b"\xff" * 8192
    path.write_bytes(bytes(raw))
    archive = backed_up(data)
    with pytest.raises(ArchiveError, match="damaged"):
        restore_archive(archive, data, known=KNOWN, stamp="x")
