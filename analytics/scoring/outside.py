"""Tables of outside data: CSV files read strictly, refused in words with the row and column."""

import csv
import math
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from django.utils.translation import gettext as _

from lms.kernel.errors import Invalid

MISSING = frozenset({"", "na", "nan", "null", "none", "."})


def read_records(path: Path, columns: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """The rows of a CSV file with a header, as text by column; spaces around names are dropped.

    Raises Invalid when the file cannot be read or one of `columns` is not there.
    """
    with _opened(path) as lines:
        reader = csv.DictReader(lines)
        names = [name.strip() for name in reader.fieldnames or ()]
        for column in columns:
            if column not in names:
                text = _("%(file)s has no column “%(column)s”.")
                raise Invalid(text % {"file": path.name, "column": column}, field=column)
        reader.fieldnames = names
        yield from reader


def read_matrix(path: Path) -> tuple[list[str], list[list[float | None]], list[str]]:
    """Numbers of a table: (names of columns, rows with None for what is missing, columns left out).

    Fields are parted by comma, semicolon, tab or spaces. The first row is a header unless all of it
    is numbers. Columns that hold anything but numbers are left out. Raises Invalid for an empty
    file and for rows of different length.
    """
    with _opened(path) as lines:
        rows = [_split(line) for line in lines if line.strip()]
    if not rows:
        raise Invalid(_("%(file)s is empty.") % {"file": path.name}, field="file")
    header = [f"Q{number}" for number in range(1, len(rows[0]) + 1)]
    if not all(is_number(field) for field in rows[0]):
        header = [field.strip() for field in rows.pop(0)]
    for number, row in enumerate(rows, 1):
        if len(row) != len(header):
            text = _("Row %(row)d has %(fields)d fields, not %(columns)d.")
            words = text % {"row": number, "fields": len(row), "columns": len(header)}
            raise Invalid(words, field=f"rows[{number}]")
    kept = [at for at in range(len(header)) if all(is_number(row[at]) for row in rows)]
    left = [name for at, name in enumerate(header) if at not in kept]
    return (
        [header[at] for at in kept],
        [[_number(row[at]) for at in kept] for row in rows],
        left,
    )


def is_number(text: str) -> bool:
    """Whether it is a finite number, or says that there is none."""
    if text.strip().lower() in MISSING:
        return True
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _number(text: str) -> float | None:
    return None if text.strip().lower() in MISSING else float(text)


def _split(line: str) -> list[str]:
    for mark in (",", ";", "\t"):
        if mark in line:
            return next(csv.reader([line.rstrip("\r\n")], delimiter=mark))
    return line.split()


def _opened(path: Path) -> TextIO:
    try:
        return path.open(encoding="utf-8-sig", newline="")
    except OSError as error:
        text = _("%(file)s cannot be read.")
        raise Invalid(text % {"file": path.name}, field="file") from error
