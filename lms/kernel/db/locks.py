"""Row locks, spelled once."""

from typing import TypeVar

from django.db import connection
from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


def lock(rows: QuerySet[M], *, skip_locked: bool = False) -> QuerySet[M]:
    """Rows locked until the transaction ends.

    SQLite has no row locks; there the transaction itself is exclusive (BEGIN IMMEDIATE).
    PostgreSQL's weaker FOR NO KEY UPDATE excludes other writers as well, but not the key checks
    of foreign keys: with FOR UPDATE, publishing a lesson and recording progress in it wait for
    each other.
    """
    if not connection.features.has_select_for_update:
        return rows
    skip = skip_locked and connection.features.has_select_for_update_skip_locked
    no_key = connection.features.has_select_for_no_key_update
    return rows.select_for_update(skip_locked=skip, no_key=no_key, of=("self",))
