"""Questions that the ORM words once, for the few that every page asks.

To word a small query costs Django ten times what PostgreSQL takes to answer it (1.1 ms beside .1
where it was measured), and the words are the same each time. Here they are kept, and only the
values change. Other databases are asked through the ORM as ever.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Generic, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.query import ValuesListIterable
from psycopg.types.numeric import Int8

from lms.kernel.db.prepared import rows_of

M = TypeVar("M", bound=Model)
Value = int | str | date | datetime
_FAR = datetime(7777, 7, 7, 7, 7, 7, tzinfo=UTC)


class Worded:
    """A `values_list` query of values: `build` gets them in order and decides nothing by them.

    Values are whole numbers, text, days and moments; None would be worded another way and is
    refused, as are True and False.
    """

    __slots__ = ("_build", "_known")

    def __init__(self, build: Callable[..., "QuerySet[Any, Any]"]) -> None:
        self._build = build
        self._known: dict[tuple[type, ...], _Statement] = {}

    def rows(self, *values: Value) -> list[tuple[Any, ...]]:
        """Its rows for these values. Raises TypeError for a value that it cannot take."""
        kinds = tuple(type(value) for value in values)
        if not _TAKEN.issuperset(kinds):
            msg = f"a worded question takes no {kinds}"
            raise TypeError(msg)
        if connection.vendor != "postgresql":
            return list(_listed(self._build(*values)))
        statement = self._known.get(kinds)
        if statement is None:
            statement = self._known[kinds] = _Statement(self._build, kinds)
        return statement.rows(values)


class WordedObjects(Generic[M]):
    """The same of whole objects: `build` is a queryset of its model with conditions and an order.

    No relations are joined; `defer`, `only` and annotations have no effect.
    """

    __slots__ = ("_asked", "_model", "_names")

    def __init__(self, model: type[M], build: Callable[..., "QuerySet[M]"]) -> None:
        names = [field.attname for field in model._meta.concrete_fields]
        self._model, self._names = model, names
        self._asked = Worded(lambda *values: build(*values).values_list(*names))

    def objects(self, *values: Value) -> list[M]:
        """Its objects for these values. Raises TypeError for a value that it cannot take."""
        make, names = self._model.from_db, self._names
        return [make(connection.alias, names, row) for row in self._asked.rows(*values)]


def padded(keys: Iterable[int]) -> list[int]:
    """Keys for an `in`, the last one again up to a power of two: lists of any length share words.

    Of no keys there is no question to ask, and the list stays empty.
    """
    found = sorted(set(keys))
    return found + found[-1:] * ((1 << (len(found) - 1).bit_length()) - len(found))


_TAKEN = frozenset((int, str, date, datetime))


def _listed(rows: "QuerySet[Any, Any]") -> "QuerySet[Any, Any]":
    if rows._iterable_class is not ValuesListIterable:  # noqa: SLF001 - no public way to ask
        msg = "a worded question is a values_list, and not a flat one"
        raise TypeError(msg)
    return rows


class _Statement:
    """The words, which parameter is which value, and how columns are read."""

    __slots__ = ("converters", "params", "sql")

    def __init__(self, build: Callable[..., "QuerySet[Any, Any]"], kinds: tuple[type, ...]) -> None:
        marks = [_mark(place, kind) for place, kind in enumerate(kinds)]
        compiler = _listed(build(*marks)).query.get_compiler(connection=connection)
        try:
            self.sql, params = compiler.as_sql()
        except EmptyResultSet as error:
            msg = "a worded question compares a column with what it never holds"
            raise TypeError(msg) from error
        place_of = {mark: place for place, mark in enumerate(marks)}
        # A parameter is the place of a value, or a constant of the question.
        self.params: list[tuple[int | None, Any]] = [
            (place_of.get(param) if isinstance(param, Value) else None, param) for param in params
        ]
        if {place for place, _param in self.params if place is not None} != set(range(len(kinds))):
            msg = f"a value of the question does not reach its statement as it is: {self.sql}"
            raise TypeError(msg)
        columns = [column for column, _sql, _alias in compiler.select]
        extra = [one for one in compiler.query.annotation_select.values() if one not in columns]
        self.converters = compiler.get_converters([*columns, *extra])

    def rows(self, values: tuple[Value, ...]) -> list[tuple[Any, ...]]:
        given = [_wide(value) if type(value) is int else value for value in values]
        found = rows_of(
            self.sql,
            [constant if place is None else given[place] for place, constant in self.params],
        )
        return [self._read(row) for row in found] if self.converters else found

    def _read(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        cells = list(row)
        for place, (converters, expression) in self.converters.items():
            for convert in converters:
                cells[place] = convert(cells[place], expression, connection)
        return tuple(cells)


def _wide(value: int) -> int:
    """A number bound as one of 64 bits: small and large ones would be statements of their own."""
    return Int8(value) if -(2**63) <= value < 2**63 else value


def _mark(place: int, kind: type) -> Value:
    """A value that no question means, told apart from those of the others."""
    if kind is int:
        # Within 32 bits: a narrower column is compared with nothing beyond them.
        return 2_147_400_000 + place
    if kind is str:
        return f"\x01worded {place}"
    moment = _FAR + timedelta(days=place)
    return moment if kind is datetime else moment.date()
