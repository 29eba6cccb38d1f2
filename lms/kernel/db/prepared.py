"""Statements that PostgreSQL parses and plans once per connection, for the few doors that are hot.

Django binds parameters on its own side, so that the server reads every statement as a new one, and
its ORM words each query anew. Where a statement runs a hundred times a second both are most of
its cost. Behind a pooler that hands out connections by transaction, set DATABASE_PREPARE=0.
"""

from collections.abc import Sequence
from typing import Any

import psycopg
from django.conf import settings
from django.db import NotSupportedError, connection
from psycopg import ClientCursor


def rows_of(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Every row that a statement with `%s` for each parameter returns, on PostgreSQL alone.

    A column that a migration gave another type spoils the plans that were kept: they are let go of
    and made again, inside a transaction by the next one. Raises what Django's own cursors raise.
    """
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    raw: Any = connection.connection
    try:
        return _rows(raw, sql, params)
    except NotSupportedError:
        if connection.in_atomic_block or not settings.DATABASE_PREPARE:
            raise
        raw.execute("DEALLOCATE ALL")
        return _rows(raw, sql, params)


def _rows(raw: Any, sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    plain = ClientCursor
    logs = connection.queries_logged
    if settings.DATABASE_PREPARE and not logs:  # of what the server binds Django logs no words
        # At once: what is counted first is forgotten among the other queries of the connection.
        raw.prepare_threshold = 0
        plain = psycopg.Cursor  # type: ignore[assignment]  # the one that binds on the server
    wrap = connection.make_debug_cursor if logs else connection.make_cursor
    with wrap(plain(raw)) as cursor:  # type: ignore[arg-type]  # a cursor of psycopg's as it is
        cursor.execute(sql, params)
        return cursor.fetchall()  # type: ignore[no-any-return]
