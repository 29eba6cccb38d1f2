"""Backup and restore as an operator runs them, each in a process of its own."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


def manage(data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL"}}
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env={**env, "LMS_MODE": "trial", "LMS_DATA_DIR": str(data)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def people(data: Path) -> int:
    with closing(sqlite3.connect(data / "cairn.sqlite3")) as database:
        return int(database.execute("SELECT count(*) FROM accounts_user").fetchone()[0])


@pytest.mark.slow
def test_operator_saves_and_brings_back_the_trial(tmp_path: Path) -> None:  # O2
    data, archive = tmp_path / "data", tmp_path / "saved.tar.gz"
    data.mkdir()
    assert manage(data, "migrate", "--verbosity", "0").returncode == 0
    with closing(sqlite3.connect(data / "cairn.sqlite3")) as database:
        names = "public_id, email, name, password, site_role, time_zone, language, theme"
        database.execute(
            f"INSERT INTO accounts_user ({names}, is_active, date_joined)"  # noqa: S608
            " VALUES ('x', 'a@example.org', '', '', 'student', 'UTC', 'en', 'system', 1,"
            " '2026-01-01')"
        )
        database.commit()
    saved = manage(data, "backup", str(archive))
    assert saved.returncode == 0, saved.stderr
    again = manage(data, "backup", str(archive))
    assert "exists already" in again.stderr
    with closing(sqlite3.connect(data / "cairn.sqlite3")) as database:
        database.execute("DELETE FROM accounts_user")
        database.commit()
    restored = manage(data, "restore", str(archive))
    assert restored.returncode == 0, restored.stderr
    assert people(data) == 1
    aside = [path for path in tmp_path.iterdir() if "before-restore" in path.name]
    assert [people(folder) for folder in aside] == [0]
    missing = manage(data, "restore", str(tmp_path / "missing.tar.gz"))
    assert missing.returncode == 1
    assert "cannot be read" in missing.stderr
    assert people(data) == 1
