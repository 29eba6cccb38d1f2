"""Emptying the database between tests: guarded tables, and none that is empty already."""

from collections.abc import Iterable, Sequence
from typing import Any

# `base` goes first: `operations` and it import each other.
import django.db.backends.postgresql.base
import django.db.backends.sqlite3.base  # noqa: F401
from django.db.backends.postgresql.operations import DatabaseOperations as PostgreSQL
from django.db.backends.sqlite3.operations import DatabaseOperations as SQLite


def allow_flush() -> None:
    """Let tests empty SQLite tables that a trigger guards, and PostgreSQL's in milliseconds."""
    if getattr(SQLite.execute_sql_flush, "keeps_triggers", False):
        return
    _guard_sqlite()
    _hasten_postgresql()


def _guard_sqlite() -> None:
    """Drop the triggers, flush, make them."""
    flush = SQLite.execute_sql_flush

    def flush_and_guard(self: SQLite, sql_list: Iterable[str]) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
        drops = [f'DROP TRIGGER "{name}"' for name, _ in triggers]
        flush(self, [*drops, *sql_list, *(sql for _, sql in triggers)])

    flush_and_guard.keeps_triggers = True  # type: ignore[attr-defined]
    SQLite.execute_sql_flush = flush_and_guard  # type: ignore[method-assign, assignment]


def _hasten_postgresql() -> None:
    """Delete what is there: truncating three hundred tables makes two thousand files anew.

    Neither triggers nor foreign keys look on meanwhile, which is a superuser's to say; anybody else
    truncates as Django does.
    """
    truncate = PostgreSQL.sql_flush

    def delete(
        self: Any, style: Any, tables: Sequence[str], *, reset_sequences: bool = False, **rest: Any
    ) -> list[str]:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('is_superuser')")
            if reset_sequences or not tables or cursor.fetchone() != ("on",):
                rest["reset_sequences"] = reset_sequences
                return truncate(self, style, tables, **rest)
            names = {table: self.quote_name(table) for table in tables}
            asked = " UNION ALL ".join(
                f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {name})"  # noqa: S608 - our tables
                for table, name in names.items()
            )
            cursor.execute(asked)
            full = [names[table] for (table,) in cursor.fetchall()]
        alone = "SET LOCAL session_replication_role = replica"
        return [alone, *(f"DELETE FROM {name}" for name in full)]  # noqa: S608 - our tables

    PostgreSQL.sql_flush = delete  # type: ignore[method-assign]
