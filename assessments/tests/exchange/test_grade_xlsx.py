"""Grades as a workbook: the same table as the CSV, safe both ways."""

import io
import zipfile
from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from assessments.exchange import grade_xlsx
from assessments.exchange.grade_csv import UnreadableTable, read_lines, shown
from assessments.exchange.grade_xlsx import read_workbook, write_workbook
from assessments.tests.exchange.test_grade_csv import CELLS

HEADER = ["id", "learner", "Talk [abc]"]


def saved(*rows: Sequence[object], second: bool = False) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    if second:
        book.create_sheet("Other").append(["no", "ids"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def archive(**entries: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in entries.items():
            made.writestr(name, data)
    return out.getvalue()


def scratched(data: bytes, name: str) -> bytes:
    """The archive with the packed bytes of one part overwritten."""
    with zipfile.ZipFile(io.BytesIO(data)) as made:
        at = made.getinfo(name).header_offset + 30 + len(name)
    return data[:at] + b"\xff" * 20 + data[at + 20 :]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.text(max_size=12), CELLS), min_size=1, max_size=5))
def test_a_table_survives_the_way(rows: list[tuple[str, tuple[Decimal | None, str]]]) -> None:
    cells = [shown(*cell) for _name, cell in rows]
    data = write_workbook(
        [("abc", "Talk, or [not] so")],
        [(f"L{place}", name, [cells[place]], "1.0") for place, (name, _cell) in enumerate(rows)],
        name="Stones: part one?",
    )
    found = read_lines(read_workbook(data))
    assert [(one.learner, one.item, one.text) for one in found] == [
        (f"L{place}", "abc", cell) for place, cell in enumerate(cells)
    ]


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@x", "{=1}", "http://x.example"])
def test_text_is_never_a_formula_or_a_link(name: str) -> None:  # C7
    data = write_workbook([("abc", name)], [("=1+1", name, ["7.25"], "70.0000")], name="=x")
    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    assert all(cell.hyperlink is None for row in sheet.iter_rows() for cell in row)
    assert (sheet["C2"].value, sheet["C2"].data_type) == (7.25, "n")
    assert sheet["A2"].data_type == "s"
    assert not str(sheet["C1"].value).startswith(("=", "+", "-", "@"))


def test_numbers_of_a_spreadsheet_are_read_as_typed() -> None:
    rows = read_workbook(saved(HEADER, ["L1", "x", 7], ["L2", "x", 0.1 + 0.2], ["L3", "x", None]))
    assert [row[2:] for row in rows] == [["Talk [abc]"], ["7"], ["0.3"], []]
    assert [one.text for one in read_lines(rows)] == ["7", "0.3"]


def test_a_formula_comes_in_as_text_that_is_no_grade() -> None:
    found = read_lines(read_workbook(saved(HEADER, ["L1", "x", "=3+4"])))
    assert [one.text for one in found] == ["=3+4"]


def test_only_the_first_sheet_counts_and_its_ids_are_needed() -> None:
    assert len(read_workbook(saved(HEADER, second=True))) == 1
    with pytest.raises(UnreadableTable) as refused:
        read_lines(read_workbook(saved(["name"], ["x"])))
    assert refused.value.code == "no_ids"


def test_a_table_that_is_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grade_xlsx, "MAX_ROWS", 1)
    assert len(read_workbook(saved(HEADER, *[["L", "x", 1]] * 9))) == 3


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04 not really",
        archive(nothing=b"x"),
        archive(**{"xl/workbook.xml": b"0" * 50_000_000}),
        archive(**{"xl/workbook.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x/>'}),
        archive(**{f"xl/{place}.xml": b"<x/>" for place in range(201)}),
        scratched(archive(**{"xl/workbook.xml": bytes(range(256)) * 9}), "xl/workbook.xml"),
    ],
    ids=["broken", "no workbook", "unpacks to too much", "entities", "too many parts", "scratched"],
)
def test_what_is_no_workbook_is_refused(data: bytes) -> None:  # U4
    with pytest.raises(UnreadableTable) as refused:
        read_workbook(data)
    assert refused.value.code == "no_workbook"
