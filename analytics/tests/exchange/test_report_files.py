import csv
import io
import json
import zipfile
from datetime import UTC, date, datetime
from typing import Any

import pytest

from analytics.exchange import report_files
from analytics.exchange.report_files import write_csv, write_parquet, write_workbook, writer_of
from analytics.scoring.report_tables import TABLES, Column, Kind, Line, Table
from lms.kernel.errors import Invalid

TABLE = Table(
    "people",
    "some",
    (
        Column("name", Kind.TEXT, ""),
        Column("whole", Kind.WHOLE, ""),
        Column("number", Kind.NUMBER, ""),
        Column("truth", Kind.TRUTH, ""),
        Column("day", Kind.DAY, ""),
        Column("at", Kind.TIME, ""),
    ),
)
AT = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
RISKY = ["=1+1", "+1", "-1", "@x", " =1", "\tx", "\rx"]
LINES: list[Line] = [
    *((text, 1, 0.5, True, date(2026, 3, 1), AT) for text in RISKY),
    ("Zoë\x00", None, None, None, None, None),
]


def written(write: Any) -> io.BytesIO:
    out = io.BytesIO()
    assert write([(TABLE, iter(LINES))], out) == {"people": len(LINES)}
    out.seek(0)
    return out


def test_csv_has_no_cell_that_is_a_formula() -> None:  # C7
    with zipfile.ZipFile(written(write_csv)) as archive:
        text = archive.read("people.csv").decode()
        schema = json.loads(archive.read("schema.json"))
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[0] == list(TABLE.header)
    assert [row[0] for row in rows[1:]] == [*(f"'{text}" for text in RISKY), "Zoë"]
    assert rows[1][1:] == ["1", "0.5", "true", "2026-03-01", "2026-03-01T12:30:00+00:00"]
    assert rows[-1][1:] == [""] * 5
    assert schema["people"]["columns"][2] == {"name": "number", "kind": "number", "about": ""}


def test_workbook_holds_text_as_text() -> None:  # C7
    from openpyxl import load_workbook

    sheet = load_workbook(written(write_workbook))["people"]
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr"}
    texts = [str(cell.value).replace("_x000D_", "\r") for cell in cells]
    assert [text.strip() for text in texts] == [*map(str.strip, RISKY), "Zoë"]
    assert [cell.value for cell in next(sheet.iter_rows(min_row=2))][1:] == [
        1,
        0.5,
        True,
        datetime(2026, 3, 1),  # noqa: DTZ001 - a workbook knows no zones
        datetime(2026, 3, 1, 12, 30),  # noqa: DTZ001
    ]


def test_parquet_keeps_kinds() -> None:
    import pyarrow.parquet as pq

    with zipfile.ZipFile(written(write_parquet)) as archive:
        table = pq.read_table(io.BytesIO(archive.read("people.parquet")))
    assert table.column("name").to_pylist()[:-1] == RISKY
    assert table.to_pylist()[0] | {"name": ""} == {
        "name": "",
        "whole": 1,
        "number": 0.5,
        "truth": True,
        "day": date(2026, 3, 1),
        "at": AT,
    }


def test_parquet_of_an_empty_table_has_its_columns() -> None:
    import pyarrow.parquet as pq

    out = io.BytesIO()
    assert write_parquet([(TABLE, iter(()))], out) == {"people": 0}
    with zipfile.ZipFile(out) as archive:
        assert pq.read_table(io.BytesIO(archive.read("people.parquet"))).column_names == list(
            TABLE.header
        )


def test_parquet_without_its_library_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_files, "has_parquet", lambda: False)
    with pytest.raises(Invalid, match="needs the extra “parquet”"):
        writer_of("parquet")


def test_workbook_refuses_more_rows_than_a_sheet_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_files, "SHEET_ROWS", 3)
    with pytest.raises(Invalid, match="more rows than a workbook holds"):
        write_workbook([(TABLE, iter(LINES))], io.BytesIO())


def test_unknown_format_is_refused() -> None:
    with pytest.raises(Invalid, match="Choose CSV"):
        writer_of("doc")


def test_docs_name_every_column() -> None:
    from pathlib import Path

    text = Path("docs/exports.md").read_text(encoding="utf-8")
    missing = [
        f"{table.name}.{name}"
        for table in TABLES
        for name in (table.name, *table.header)
        if f"`{name}`" not in text
    ]
    assert missing == []
