"""Grades as a workbook: the same table as the CSV, on one sheet.

Text is written as text and never as a formula; a formula that comes in is no grade. Nothing here
knows tables.
"""

import io
import lzma
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from assessments.exchange.grade_csv import (
    MAX_COLUMNS,
    MAX_ROWS,
    Row,
    UnreadableTable,
    table_lines,
)

MAX_ENTRIES: Final = 200
MAX_UNPACKED: Final = 64 * 1024 * 1024
MAX_RATIO: Final = 200
EXACT_DIGITS: Final = 10
# What unpacking raises for an archive that is damaged, locked or packed in an unknown way.
_DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    NotImplementedError,
    RuntimeError,
    EOFError,
)
WIDE, NARROW = 26, 16


def write_workbook(columns: Sequence[tuple[str, str]], rows: Iterable[Row], *, name: str) -> bytes:
    """The workbook of (id, title) columns and (learner's id, name, cells, total) rows.

    Plain numbers are number cells, everything else is text. `name` is the sheet's.
    """
    import xlsxwriter

    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet(_sheet_name(name))
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        sheet.freeze_panes(1, 2)
        sheet.set_column(0, 0, WIDE)
        sheet.set_column(1, 1, WIDE)
        sheet.set_column(2, len(columns) + 2, NARROW)
        for line, cells in enumerate(table_lines(columns, rows)):
            for place, text in enumerate(cells):
                number = _number(text) if line and place > 1 else None
                if number is not None:
                    sheet.write_number(line, place, number)
                elif text:
                    sheet.write_string(line, place, text, bold if not line else None)
    return out.getvalue()


def read_workbook(data: bytes) -> list[list[str]]:
    """The cells of the first sheet as text, as the CSV would have them.

    Raises UnreadableTable `no_workbook` for what is none or unpacks to too much, `too_large`.
    """
    from openpyxl import load_workbook

    _check_archive(data)
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        found = sheet.iter_rows(max_row=MAX_ROWS + 2, max_col=MAX_COLUMNS + 1, values_only=True)
        return list(_trimmed([_text(value) for value in row] for row in found))
    except (
        *_DAMAGED,
        KeyError,
        ValueError,
        IndexError,
        TypeError,
        OSError,
        SyntaxError,
    ) as problem:
        raise UnreadableTable("no_workbook") from problem


def _trimmed(rows: Iterable[list[str]]) -> Iterator[list[str]]:
    """Rows without empty cells at their ends: some programs write a thousand of them."""
    for row in rows:
        while row and not row[-1]:
            row.pop()
        yield row


def _check_archive(data: bytes) -> None:
    """Refuse what is no archive, or one made to unpack to more than a gradebook has (U4)."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            whole = sum(one.file_size for one in entries)
            packed = sum(one.compress_size for one in entries) or 1
            large = whole > MAX_UNPACKED or whole > packed * MAX_RATIO
            if large or len(entries) > MAX_ENTRIES or any(map(_declares, _xml(archive, entries))):
                raise UnreadableTable("no_workbook")
    except _DAMAGED as problem:
        raise UnreadableTable("no_workbook") from problem


def _xml(archive: zipfile.ZipFile, entries: Sequence[zipfile.ZipInfo]) -> Iterator[bytes]:
    for one in entries:
        if one.filename.endswith((".xml", ".rels")):
            yield archive.read(one)


def _declares(xml: bytes) -> bool:
    """Whether an XML part brings entities of its own; no spreadsheet program writes any."""
    return b"<!DOCTYPE" in xml or b"<!ENTITY" in xml


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.{EXACT_DIGITS}g}"
    return str(value)


def _number(text: str) -> float | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return float(number) if number.is_finite() else None


def _sheet_name(name: str) -> str:
    """A name that a workbook takes: at most 31 signs without brackets, colons and slashes."""
    kept = "".join(" " if sign in "[]:*?/\\" or not sign.isprintable() else sign for sign in name)
    return kept[:31].strip().strip("'") or "1"
