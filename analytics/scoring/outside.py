"""Tables of outside data: CSV files read strictly, refused in words with the row and column."""

import csv
import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from django.utils.translation import gettext as _

from lms.kernel.errors import Invalid

MISSING = frozenset({"", "na", "nan", "null", "none", "."})


def read_records(path: Path, columns: tuple[str, ...]) -> Iterator[dict[str, str]]:
    """The rows of a CSV file with a header, as text of `columns`, without spaces around it.

    Raises Invalid when the file cannot be read or one of `columns` is not there.
    """
    with _opened(path) as lines:
        # A row that is too short has empty fields, which whoever reads it refuses by its number.
        reader = csv.DictReader(lines, restval="")
        names = [name.strip() for name in reader.fieldnames or ()]
        for column in columns:
            if column not in names:
                text = _("%(file)s has no column “%(column)s”.")
                raise Invalid(text % {"file": path.name, "column": column}, field=column)
        reader.fieldnames = names
        for row in reader:
            yield {column: row[column].strip() for column in columns}


def read_matrix(path: Path) -> tuple[list[str], list[list[float | None]], list[str]]:
    """Numbers of a table: (names of columns, rows with None for what is missing, columns left out).

    Fields are parted by comma, semicolon, tab or spaces. The first row is a header unless all of it
    is numbers. Columns that hold anything but numbers, or have no name, are left out. Raises
    Invalid for an empty file and for rows of different length.
    """
    words: set[int] = set()
    header: list[str] = []
    rows: list[list[float | None]] = []
    with _opened(path) as lines:
        for fields in (_split(line) for line in lines if line.strip()):
            if not header:
                header = _header(fields)
                if header == fields:
                    continue
            if len(fields) != len(header):
                text = _("Row %(row)d has %(fields)d fields, not %(columns)d.")
                number = len(rows) + 1
                told = {"row": number, "fields": len(fields), "columns": len(header)}
                raise Invalid(text % told, field=f"rows[{number}]")
            # Numbers at once, for the text of a large table would take thrice the memory.
            rows.append([_number(field, at, words) for at, field in enumerate(fields)])
    if not header:
        raise Invalid(_("%(file)s is empty.") % {"file": path.name}, field="file")
    # A column without a name is what tables number their rows with.
    words.update(at for at, name in enumerate(header) if not name)
    kept = [at for at in range(len(header)) if at not in words]
    left = [name for at, name in enumerate(header) if at in words]
    if words:
        rows = [[row[at] for at in kept] for row in rows]
    return [header[at] for at in kept], rows, left


def _header(fields: list[str]) -> list[str]:
    """The first row, or made up names where it is all numbers."""
    if all(is_number(field) for field in fields):
        return [f"Q{number}" for number in range(1, len(fields) + 1)]
    fields[:] = [field.strip() for field in fields]
    return fields


def is_number(text: str) -> bool:
    """Whether it is a finite number, or says that there is none."""
    if text.strip().lower() in MISSING:
        return True
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _number(text: str, at: int, words: set[int]) -> float | None:
    """The number; a column `at` that holds anything else joins `words`."""
    if text.strip().lower() in MISSING:
        return None
    if not is_number(text):
        words.add(at)
        return None
    return float(text)


def _split(line: str) -> list[str]:
    for mark in (",", ";", "\t"):
        if mark in line:
            return next(csv.reader([line.rstrip("\r\n")], delimiter=mark))
    return line.split()


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    """The text of a file; what cannot be read, or read as UTF-8 or CSV, is refused in words."""
    named = {"file": path.name}
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            yield lines
    except OSError as error:
        raise Invalid(_("%(file)s cannot be read.") % named, field="file") from error
    except UnicodeDecodeError as error:
        raise Invalid(_("%(file)s is not text in UTF-8.") % named, field="file") from error
    except csv.Error as error:
        told = {**named, "error": error}
        raise Invalid(_("%(file)s is no CSV: %(error)s.") % told, field="file") from error
