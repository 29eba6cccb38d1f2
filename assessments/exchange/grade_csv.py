"""Grades as a table and as CSV: a row a learner, a column a grade item, cells as in the grid.

Headers of columns end in the item's id in brackets, rows begin with the learner's id: names may
change on the way, ids do not. Nothing here knows tables.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from assessments.enums import GradeStatus
from assessments.scoring.gradebook_statuses import MOST_LETTERS, sign_from

RISKY = ("=", "+", "-", "@", "\t", "\r")
FIRST = ("id", "learner")
LAST = ("total",)
HEADER = re.compile(r"\[(\w{1,22})\]\s*$")
CELL = re.compile(rf"^([0-9]{{1,5}}(?:\.[0-9]{{1,4}})?)\s*([^\W\d_]{{0,{MOST_LETTERS}}})$")
NO_SIGNS: Mapping[str, str] = {}
WORDS = {
    "ex": GradeStatus.EXCUSED,
    "x": GradeStatus.EXCUSED,
    "m": GradeStatus.MISSING,
    "l": GradeStatus.LATE,
    "…": GradeStatus.IN_PROGRESS,
}
MAX_ROWS = 5_000
MAX_COLUMNS = 400
Row = tuple[str, str, Sequence[str], str]


@dataclass(frozen=True, slots=True)
class Typed:
    """What a cell of the file says."""

    line: int
    learner: str
    item: str
    text: str


class UnreadableTable(Exception):
    """The file is no such table; `code` says why.

    It is empty, no_ids, no_columns, too_large, no_table or no_workbook.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula (C7)."""
    return f"'{text}" if text.startswith(RISKY) else text


def shown(score: Decimal | None, status: str, signs: Mapping[str, str] = NO_SIGNS) -> str:
    """A cell as one types it: a number, with "l" when late; "ex", "m", "…".

    `signs` are those of the course's own statuses, by key: alone or after a number.
    """
    own = signs.get(status, "")
    if score is not None:
        return f"{score.normalize():f}" + (own or ("l" if status == GradeStatus.LATE else ""))
    if own:
        return own
    return {GradeStatus.EXCUSED: "ex", GradeStatus.MISSING: "m", GradeStatus.LATE: "l"}.get(
        GradeStatus(status), "…"
    )


def understood(text: str, signs: Mapping[str, str] = NO_SIGNS) -> tuple[Decimal | None, str] | None:
    """Score and status of what was typed, None when it is no grade."""
    typed = text.strip().lower().removeprefix("'").replace(",", ".")
    own = {sign: key for key, sign in signs.items()}
    if typed in WORDS:
        return None, WORDS[typed]
    sign = sign_from(typed)
    if sign is not None:
        return (None, own[sign]) if sign in own else None
    found = CELL.match(typed)
    if found is None:
        return None
    ending = sign_from(found.group(2)) or ""
    status = {"": GradeStatus.GRADED, "l": GradeStatus.LATE, **own}.get(ending)
    return None if status is None else (Decimal(found.group(1)), status)


def table_lines(columns: Sequence[tuple[str, str]], rows: Iterable[Row]) -> Iterator[list[str]]:
    """The header and a line a learner, of (id, title) columns."""
    yield [*FIRST, *(safe(f"{title} [{key}]") for key, title in columns), *LAST]
    for key, name, cells, total in rows:
        yield [key, safe(name), *cells, total]


def write_table(columns: Sequence[tuple[str, str]], rows: Iterable[Row]) -> str:
    """The CSV of (id, title) columns and (learner's id, name, cells, total) rows."""
    out = io.StringIO()
    csv.writer(out).writerows(table_lines(columns, rows))
    return out.getvalue()


def read_table(text: str) -> list[Typed]:
    """Every filled cell under a column with an id; raises UnreadableTable."""
    try:
        # Without this the reader takes the line ends of old machines for damage.
        lines = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    except csv.Error as problem:
        raise UnreadableTable("no_table") from problem
    return read_lines(lines)


def read_lines(lines: Sequence[Sequence[str]]) -> list[Typed]:
    """Every filled cell of a table, whatever file it came in; raises UnreadableTable."""
    if not lines:
        raise UnreadableTable("empty")
    header, rows = lines[0], lines[1:]
    if not header or header[0].strip().lower() != FIRST[0]:
        raise UnreadableTable("no_ids")
    keys = {
        place: found.group(1) for place, name in enumerate(header) if (found := HEADER.search(name))
    }
    if not keys:
        raise UnreadableTable("no_columns")
    if len(rows) > MAX_ROWS or len(header) > MAX_COLUMNS:
        raise UnreadableTable("too_large")
    return [
        Typed(number, row[0].strip(), key, row[place].strip())
        for number, row in enumerate(rows, start=2)
        for place, key in keys.items()
        if row and place < len(row) and row[place].strip()
    ]
