"""Everything said in a room as a file, for the people who teach."""

import csv
import io
import json
import tempfile
from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.http import FileResponse

from assessments.api.fields import choice
from courses.models import Course
from lms.kernel.actors import Actor
from realtime.queries.room import exported

KINDS: Final = ["csv", "json"]
AS: Final = choice("as", KINDS, "The kind of file; CSV without it.")
FIELDS = (
    "seq",
    "id",
    "at",
    "by",
    "reply_to",
    "edited",
    "deleted",
    "pinned",
    "reactions",
    "body",
    "files",
)
IN_MEMORY: Final = 1_000_000
# What a spreadsheet takes for a formula when a cell begins with it.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def export_of(actor: Actor, course: Course, kind: str) -> FileResponse:
    """A download as CSV or JSON, written through a file. Raises what the query raises."""
    rows = exported(actor, course)
    pieces = _json(course, rows) if kind == "json" else _csv(rows)
    return download(pieces, f"chat-{course.slug}", kind)


def download(pieces: Iterable[str], name: str, kind: str) -> FileResponse:
    """Text, piece by piece, as a file that a browser saves; `kind` is csv or json."""
    out = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the response closes it
    for piece in pieces:
        out.write(piece.encode())
    out.seek(0)
    answer = FileResponse(
        out,
        as_attachment=True,
        filename=f"{name}.{kind}",
        content_type="application/json" if kind == "json" else "text/csv; charset=utf-8",
    )
    answer["Cache-Control"] = "no-store"
    return answer


def _csv(rows: Iterator[dict[str, Any]]) -> Iterator[str]:
    line = io.StringIO()
    writer = csv.DictWriter(line, FIELDS)
    writer.writeheader()
    for row in rows:
        writer.writerow({name: safe_cell(row[name]) for name in FIELDS})
        yield line.getvalue()
        line.seek(0)
        line.truncate()
    yield line.getvalue()


def _json(course: Course, rows: Iterator[dict[str, Any]]) -> Iterator[str]:
    yield f'{{"course": {json.dumps(course.title, ensure_ascii=False)}, "messages": ['
    for number, row in enumerate(rows):
        yield f"{',' if number else ''}\n {json.dumps(row, ensure_ascii=False)}"
    yield "\n]}\n"


def safe_cell(value: object) -> object:
    """A value as a cell: what a spreadsheet would run is quoted."""
    if isinstance(value, list):
        value = ", ".join(value)
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return "" if value is None else value
