"""Tables as files for spreadsheets (C7)."""

import csv
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

RISKY = ("=", "+", "-", "@", "\t", "\r")


def csv_answer(name: str, rows: Iterable[Sequence[str]]) -> HttpResponse:
    """A CSV to download; no cell is taken for a formula."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    table = csv.writer(response)
    for row in rows:
        table.writerow([f"'{cell}" if cell.startswith(RISKY) else cell for cell in row])
    return response
