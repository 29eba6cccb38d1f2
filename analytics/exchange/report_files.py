"""Tables of a report as files: CSV and Parquet in an archive, or one workbook. No table is known.

Rows are written as they come, so that a large course needs no more memory than a small one. Text
stays text: in CSV what a spreadsheet would take for a formula gets an apostrophe, a workbook's
cells of text are typed.
"""

import csv
import io
import json
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import IO, Any, Final

from django.utils.translation import gettext as _

from analytics.scoring.report_tables import Cell, Kind, Line, Table
from assessments.exchange.grade_csv import RISKY
from lms.kernel.errors import Invalid

# A sheet has so many rows, one of them the header; a cell so many signs.
SHEET_ROWS: Final = 1_048_575
CELL_SIGNS: Final = 32_767
GROUP: Final = 20_000
CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
WIDTH: Final = 18

Source = Iterable[tuple[Table, Iterable[Line]]]
Counts = dict[str, int]
CONTENT_TYPES: Final = {
    "csv": "application/zip",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/zip",
}
ENDINGS: Final = {"csv": "zip", "xlsx": "xlsx", "parquet": "zip"}


def writer_of(kind: str) -> Callable[[Source, IO[bytes]], Counts]:
    """The writer of a format. Raises Invalid for an unknown one, or without its library."""
    if kind == "parquet":
        require_parquet()
    found = {"csv": write_csv, "xlsx": write_workbook, "parquet": write_parquet}.get(kind)
    if found is None:
        raise Invalid(_("Choose CSV, XLSX or Parquet."), field="format")
    return found


def has_parquet() -> bool:
    """Whether Parquet can be written here."""
    from importlib.util import find_spec

    return find_spec("pyarrow") is not None


def require_parquet() -> None:
    """Raises Invalid where the extra is not installed."""
    if not has_parquet():
        text = _("Parquet needs the extra “parquet”, which is not installed here.")
        raise Invalid(text, field="format")


def write_csv(source: Source, out: IO[bytes]) -> Counts:
    """An archive with a CSV for each table and `schema.json`; how many rows each has."""
    counts: Counts = {}
    tables: list[Table] = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for table, lines in source:
            tables.append(table)
            with (
                archive.open(f"{table.name}.csv", "w", force_zip64=True) as member,
                io.TextIOWrapper(member, encoding="utf-8", newline="") as text,
            ):
                counts[table.name] = csv_table(table, lines, text)
        archive.writestr("schema.json", schema_json(tables))
    return counts


def csv_table(table: Table, lines: Iterable[Line], text: IO[str]) -> int:
    """One table as CSV; how many rows."""
    writer = csv.writer(text)
    writer.writerow(table.header)
    count = 0
    for line in lines:
        writer.writerow([_csv_cell(cell) for cell in line])
        count += 1
    return count


def write_workbook(source: Source, out: IO[bytes]) -> Counts:
    """A workbook with a sheet for each table. Raises Invalid where a sheet would overflow."""
    import xlsxwriter

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
        "remove_timezone": True,
    }
    counts: Counts = {}
    with xlsxwriter.Workbook(out, options) as book:
        bold = book.add_format({"bold": True})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for table, lines in source:
            sheet = book.add_worksheet(table.name)
            sheet.freeze_panes(1, 1)
            sheet.set_column(0, len(table.columns) - 1, WIDTH)
            for place, name in enumerate(table.header):
                sheet.write_string(0, place, name, bold)
            count = 0
            for count, line in enumerate(_limited(lines, table), start=1):
                for place, cell in enumerate(line):
                    _write_cell(sheet, count, place, cell, moment)
            counts[table.name] = count
    return counts


def write_parquet(source: Source, out: IO[bytes]) -> Counts:
    """An archive with a Parquet file for each table and `schema.json`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {
        Kind.TEXT: pa.string(),
        Kind.WHOLE: pa.int64(),
        Kind.NUMBER: pa.float64(),
        Kind.TRUTH: pa.bool_(),
        Kind.DAY: pa.date32(),
        Kind.TIME: pa.timestamp("us", tz="UTC"),
    }
    counts: Counts = {}
    tables: list[Table] = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for table, lines in source:
            tables.append(table)
            schema = pa.schema([(column.name, kinds[column.kind]) for column in table.columns])
            counts[table.name] = 0
            with tempfile.NamedTemporaryFile(suffix=".parquet") as kept:
                with pq.ParquetWriter(kept.name, schema) as writer:
                    for group in _groups(lines):
                        columns = zip(*group, strict=True)
                        arrays = [
                            pa.array(list(cells), type=field.type)
                            for cells, field in zip(columns, schema, strict=True)
                        ]
                        writer.write_table(pa.Table.from_arrays(arrays, schema=schema))
                        counts[table.name] += len(group)
                archive.write(kept.name, f"{table.name}.parquet")
        archive.writestr("schema.json", schema_json(tables))
    return counts


def schema_json(tables: Sequence[Table]) -> str:
    """What the columns of the tables are, for programs."""
    found = {
        table.name: {
            "about": table.about,
            "columns": [
                {"name": one.name, "kind": one.kind, "about": one.about} for one in table.columns
            ],
        }
        for table in tables
    }
    return json.dumps(found, indent=1)


def _csv_cell(cell: Cell) -> Any:
    if isinstance(cell, str):
        clean = CONTROL.sub("", cell)
        return f"'{clean}" if clean.lstrip(" ").startswith(RISKY) else clean
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).isoformat()
    return "" if cell is None else cell


def _write_cell(sheet: Any, row: int, place: int, cell: Cell, moment: Any) -> None:
    if isinstance(cell, str):
        if cell:
            sheet.write_string(row, place, CONTROL.sub("", cell)[:CELL_SIGNS])
    elif isinstance(cell, bool):
        sheet.write_boolean(row, place, cell)
    elif isinstance(cell, datetime):
        sheet.write_datetime(row, place, cell.astimezone(UTC), moment)
    elif isinstance(cell, int | float):
        sheet.write_number(row, place, cell)
    elif cell is not None:
        sheet.write_datetime(row, place, cell)


def _limited(lines: Iterable[Line], table: Table) -> Iterator[Line]:
    for count, line in enumerate(lines, start=1):
        if count > SHEET_ROWS:
            text = _("The table %(name)s has more rows than a workbook holds. Choose CSV.")
            raise Invalid(text % {"name": table.name}, field="format")
        yield line


def _groups(lines: Iterable[Line]) -> Iterator[list[Line]]:
    rows = iter(lines)
    while group := list(islice(rows, GROUP)):
        yield group
