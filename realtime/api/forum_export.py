"""Everything written in a forum as a file, for the people who teach, row by row."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import FileResponse

from courses.models import Course
from courses.rules import STAFF_COURSE
from lms.kernel.actors import Actor
from lms.kernel.rules import require
from realtime.api.export import download, safe_cell
from realtime.queries.forum_thread import exported_posts

FIELDS = (
    "board",
    "thread",
    "title",
    "kind",
    "id",
    "number",
    "reply_to",
    "at",
    "by",
    "helpful",
    "solves",
    "edited",
    "deleted",
    "body",
)


def forum_export(actor: Actor, course: Course, kind: str) -> FileResponse:
    """A download as CSV or JSON. Raises what `require` raises."""
    require(actor, STAFF_COURSE, course)
    rows = exported_posts(actor, course)
    pieces = _json(course, rows) if kind == "json" else _csv(rows)
    return download(pieces, f"forum-{course.slug}", kind)


def _csv(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    out = io.StringIO()
    writer = csv.DictWriter(out, FIELDS)
    writer.writeheader()
    for row in rows:
        writer.writerow({name: safe_cell(row[name]) for name in FIELDS})
        yield out.getvalue()
        out.seek(0)
        out.truncate()
    yield out.getvalue()


def _json(course: Course, rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    yield f'{{"course": {json.dumps(course.title, ensure_ascii=False)}, "posts": ['
    for number, row in enumerate(rows):
        yield f"{', ' if number else ''}{json.dumps(row, ensure_ascii=False)}"
    yield "]}"
