"""A migrated database that test processes copy, on SQLite a file, on PostgreSQL a template.

It is named by everything that migrations are made of, so that a change of any makes another.
"""

import hashlib
import os
import shutil
import sqlite3
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path

import django
import psycopg
from django.apps import apps
from django.conf import settings
from django.db import connection, connections
from psycopg import sql


def put() -> None:
    """Copy it to where this process's test database is, if there is one to copy."""
    if connection.vendor == "sqlite":
        if _file().exists():
            shutil.copyfile(_file(), _name())
        return
    with _administration() as administration:
        _drop(administration, _name())
        if _has_template(administration):
            _copy(administration, _template(), _name())


def keep() -> None:
    """Keep a copy of this process's test database, which was migrated just now."""
    if connection.vendor != "sqlite":
        _keep_template()
    elif not _file().exists():
        _file().parent.mkdir(mode=0o700, exist_ok=True)
        part = _file().with_suffix(f".{os.getpid()}")
        with closing(sqlite3.connect(_name())) as source:
            source.execute("VACUUM INTO ?", (str(part),))
        part.replace(_file())


def _keep_template() -> None:
    connections.close_all()  # a database in use cannot be copied
    with _administration() as administration:
        if _has_template(administration):
            return
        part = f"{_template()}_{os.getpid()}"
        _copy(administration, _name(), part)
        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        try:
            administration.execute(rename.format(sql.Identifier(part), sql.Identifier(_template())))
        except psycopg.errors.DuplicateDatabase:  # another process was first
            _drop(administration, part)


def drop() -> None:
    """Remove this process's test database."""
    connections.close_all()
    if connection.vendor == "sqlite":
        Path(_name()).unlink(missing_ok=True)
        return
    with _administration() as administration:
        _drop(administration, _name())


@cache  # Django puts the test database's name in the place of the other
def _name() -> str:
    database = settings.DATABASES["default"]
    return str(database.get("TEST", {}).get("NAME") or f"test_{database['NAME']}")


def _known() -> str:
    """A digest of the migrations and of what runs them."""
    known = hashlib.sha256(f"{django.VERSION} {sqlite3.sqlite_version}".encode())
    for app in sorted(apps.get_app_configs(), key=lambda one: one.name):
        for path in sorted((Path(app.path) / "migrations").rglob("*.py")):
            known.update(f"{app.name} {path.name}".encode() + path.read_bytes())
    return known.hexdigest()[:24]


def _file() -> Path:
    return Path(tempfile.gettempdir()) / f"cairn-migrated-{os.getuid()}" / f"{_known()}.sqlite3"


def _template() -> str:
    return f"cairn_migrated_{_known()}"


def _administration() -> psycopg.Connection[tuple[object, ...]]:
    """A connection of its own to `postgres`, in which databases are made."""
    given = {**connection.get_connection_params(), "dbname": "postgres"}
    wanted = ("dbname", "user", "password", "host", "port")
    return psycopg.connect(**{key: given[key] for key in wanted if given.get(key)}, autocommit=True)


def _has_template(administration: psycopg.Connection[tuple[object, ...]]) -> bool:
    found = administration.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_template()])
    return found.fetchone() is not None


def _copy(administration: psycopg.Connection[tuple[object, ...]], source: str, name: str) -> None:
    copy = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    administration.execute(copy.format(sql.Identifier(name), sql.Identifier(source)))


def _drop(administration: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
    administration.execute(drop.format(sql.Identifier(name)))
