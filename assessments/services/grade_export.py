"""The whole gradebook as a file that can be filled in and imported again."""

import json
from decimal import Decimal

from assessments.exchange.grade_csv import shown, write_table
from assessments.exchange.grade_xlsx import write_workbook
from assessments.queries.gradebook import Grid, LearnerRow, grid
from assessments.scoring.gradebook_statuses import signs_of, statuses_from
from courses.models import Course
from lms.kernel.actors import Actor

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def write_gradebook(*, actor: Actor, course: Course, ending: str) -> bytes:
    """The grid as CSV or as a workbook (`ending` is xlsx). Raises what `require` raises."""
    found = grid(actor, course)
    columns = [(item.public_id, item.name) for item in found.items]
    rows = [(row.public_id, row.name, _cells(found, row), _total(row)) for row in found.rows]
    if ending == "xlsx":
        return write_workbook(columns, rows, name=course.title)
    return ("\ufeff" + write_table(columns, rows)).encode()


def _cells(found: Grid, row: LearnerRow) -> list[str]:
    texts, statuses = [""] * len(found.items), list(found.statuses)
    signs = signs_of(statuses_from(found.settings.statuses))
    for place, score, status, *_more in json.loads(
        row.cells, parse_float=Decimal, parse_int=Decimal
    ):
        texts[int(place)] = shown(score, statuses[int(status)], signs)
    return texts


def _total(row: LearnerRow) -> str:
    total = row.override if row.override is not None else row.total
    return "" if total is None else f"{total:f}"
