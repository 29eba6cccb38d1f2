"""Everything said in a room as a file, for the people who teach."""

import csv
import io
import json

from django.http import HttpResponse

from courses.models import Course
from lms.kernel.actors import Actor
from realtime.queries.room import exported

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
)
# What a spreadsheet takes for a formula when a cell begins with it.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def export_of(actor: Actor, course: Course, kind: str) -> HttpResponse:
    """A download as CSV or JSON. Raises what the query raises."""
    rows = exported(actor, course)
    if kind == "json":
        text = json.dumps({"course": course.title, "messages": rows}, ensure_ascii=False, indent=1)
        answer = HttpResponse(text, content_type="application/json")
    else:
        kind, out = "csv", io.StringIO()
        writer = csv.DictWriter(out, FIELDS)
        writer.writeheader()
        writer.writerows({name: _cell(row[name]) for name in FIELDS} for row in rows)
        answer = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="chat-{course.slug}.{kind}"'
    answer["Cache-Control"] = "no-store"
    return answer


def _cell(value: object) -> object:
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return "" if value is None else value
