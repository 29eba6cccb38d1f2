"""Add numbers to the rows of a roll-up, in one statement on PostgreSQL and one per row on SQLite.

Django's own upsert builds a model and compiles an expression for every row; a fold writes several
rows for each event, and that was most of its time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Field, Model


@dataclass(frozen=True, slots=True)
class Into:
    """A roll-up: its key columns, the columns that add up, those that keep the latest value."""

    model: type[Model]
    key: tuple[str, ...]
    sums: tuple[str, ...]
    latest: tuple[str, ...] = ()

    @property
    def fields(self) -> "list[Field[Any, Any]]":
        """The fields in the order in which rows give them."""
        names = (*self.key, *self.sums, *self.latest)
        return [self.model._meta.get_field(name) for name in names]  # type: ignore[misc]


def add_rows(into: Into, rows: Sequence[tuple[Any, ...]]) -> None:
    """Add each row, (key..., sums..., latest...), to the row of its key or make that row.

    Keys must differ from each other. An empty latest value never replaces another.
    """
    if not rows:
        return
    if connection.vendor == "postgresql":
        arrays = ", ".join(f"%s::{field.db_type(connection)}[]" for field in into.fields)
        with connection.cursor() as cursor:
            cursor.execute(
                _statement(into, f"SELECT * FROM unnest({arrays})"),  # noqa: S608 - our own names
                [list(column) for column in zip(*rows, strict=True)],
            )
        return
    marks = ", ".join(["%s"] * len(into.fields))
    with connection.cursor() as cursor:
        cursor.executemany(
            _statement(into, f"VALUES ({marks})"),
            [[_stored(value) for value in row] for row in rows],
        )


def _statement(into: Into, values: str) -> str:
    table = into.model._meta.db_table
    columns = [str(field.column) for field in into.fields]
    split = len(into.key), len(into.key) + len(into.sums)
    later = "GREATEST" if connection.vendor == "postgresql" else "MAX"
    changes = [
        f"{name} = {table}.{name} + EXCLUDED.{name}" for name in columns[split[0] : split[1]]
    ]
    changes += [
        f"{name} = {later}(COALESCE({table}.{name}, EXCLUDED.{name}),"
        f" COALESCE(EXCLUDED.{name}, {table}.{name}))"
        for name in columns[split[1] :]
    ]
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) {values}"
        f" ON CONFLICT ({', '.join(columns[: split[0]])}) DO UPDATE SET {', '.join(changes)}"
    )


def _stored(value: Any) -> Any:
    """A value as Django keeps it in SQLite, so that both compare as text."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    return float(value) if isinstance(value, Decimal) else value
