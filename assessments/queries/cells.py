"""Many cells in few rows: the database writes the JSON of a learner's row of the gradebook."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Aggregate, Case, F, IntegerField, TextField, Value, When
from django.db.models.functions import Cast

from assessments.models import Grade


class JSONRows(Aggregate):
    """The values of each row as a JSON array, all rows as an array of those, as text."""

    function = "json_rows"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Arrays built by PostgreSQL."""
        template = "json_agg(json_build_array(%(expressions)s))::text"
        return self.as_sql(compiler, connection, template=template, **context)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Arrays built by SQLite."""
        template = "json_group_array(json_array(%(expressions)s))"
        return self.as_sql(compiler, connection, template=template, **context)


def cells_by_learner(
    course_id: int, item_ids: Sequence[int], statuses: Sequence[str]
) -> dict[int, str]:
    """Each learner's cells as JSON text, by learner; one query.

    A cell is [column's place, score or null, place of the status in `statuses`, posted as 0 or 1,
    version, set over its work as 0 or 1].
    """
    if not item_ids:
        return {}
    place = Case(
        *(When(item_id=pk, then=Value(number)) for number, pk in enumerate(item_ids)),
        output_field=IntegerField(),
    )
    status = Case(
        *(When(status=word, then=Value(number)) for number, word in enumerate(statuses)),
        default=Value(0),
        output_field=IntegerField(),
    )
    rows = (
        Grade.objects.filter(item__course_id=course_id, item_id__in=item_ids)
        .order_by()
        .values("learner_id")
        .annotate(
            cells=JSONRows(
                place,
                F("score"),
                status,
                Cast("released", IntegerField()),
                F("version"),
                Cast("overridden", IntegerField()),
            )
        )
    )
    return dict(rows.values_list("learner_id", "cells"))
