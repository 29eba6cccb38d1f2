"""Emptying a guarded database between tests."""

from collections.abc import Iterable

# `base` goes first: `operations` and it import each other.
import django.db.backends.sqlite3.base  # noqa: F401
from django.db.backends.sqlite3.operations import DatabaseOperations


def allow_flush() -> None:
    """Let tests empty SQLite tables that a trigger guards: drop the triggers, flush, make them.

    PostgreSQL needs none of this: it truncates, and row triggers do not fire then.
    """
    flush = DatabaseOperations.execute_sql_flush
    if getattr(flush, "keeps_triggers", False):
        return

    def flush_and_guard(self: DatabaseOperations, sql_list: Iterable[str]) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
        drops = [f'DROP TRIGGER "{name}"' for name, _ in triggers]
        flush(self, [*drops, *sql_list, *(sql for _, sql in triggers)])

    flush_and_guard.keeps_triggers = True  # type: ignore[attr-defined]
    DatabaseOperations.execute_sql_flush = flush_and_guard  # type: ignore[method-assign, assignment]
