import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.enums import GradeStatus
from assessments.exchange.grade_csv import (
    UnreadableTable,
    read_table,
    safe,
    shown,
    understood,
    write_table,
)

SCORES = st.integers(0, 999_999_999).map(lambda number: Decimal(number) / 10_000)
CELLS = st.one_of(
    st.tuples(SCORES, st.sampled_from([GradeStatus.GRADED, GradeStatus.LATE])),
    st.tuples(
        st.none(),
        st.sampled_from(
            [GradeStatus.EXCUSED, GradeStatus.MISSING, GradeStatus.IN_PROGRESS, GradeStatus.LATE]
        ),
    ),
)


SIGNS = {"own_a": "inc", "own_b": "pl", "own_c": "л", "own_d": "nan"}
OWN_CELLS = st.tuples(st.none() | SCORES, st.sampled_from(sorted(SIGNS)))


@given(CELLS | OWN_CELLS)
def test_signs_of_the_course_are_read_again(cell: tuple[Decimal | None, str]) -> None:
    assert understood(shown(*cell, SIGNS), SIGNS) == cell


@pytest.mark.parametrize("text", ["7 INC", "7,0inc", "'7inc", "7Л", "INC", "pl"])
def test_signs_are_taken_as_they_are_typed(text: str) -> None:
    found = understood(text, SIGNS)
    assert found is not None
    assert found[1] in SIGNS


@pytest.mark.parametrize("text", ["7xyz", "xyz", "7inc2", "inc7", "7 inc pl", "\u0667inc"])
def test_unknown_signs_are_no_grade(text: str) -> None:
    assert understood(text, SIGNS) is None


@given(CELLS)
def test_what_is_written_is_read_again(cell: tuple[Decimal | None, str]) -> None:
    assert understood(shown(*cell)) == cell


@pytest.mark.parametrize("text", ["seven", "7 8", "-1", "1e3", "1.23456", "7ll", "NaN", "=1+1"])
def test_what_is_no_grade_is_not_understood(text: str) -> None:
    assert understood(text) is None


@settings(max_examples=60)
@given(st.lists(st.tuples(st.text(max_size=12), CELLS), min_size=1, max_size=5))
def test_a_table_survives_the_way(rows: list[tuple[str, tuple[Decimal | None, str]]]) -> None:
    names = [(f"L{number}", name.replace("\x00", "")) for number, (name, _cell) in enumerate(rows)]
    cells = [shown(*cell) for _name, cell in rows]
    text = write_table(
        [("abc", "Talk, or [not] so")],
        ((key, name, [cell], "1.0") for (key, name), cell in zip(names, cells, strict=True)),
    )
    found = read_table(text)
    assert [(one.learner, one.item, one.text) for one in found] == [
        (key, "abc", cell) for (key, _name), cell in zip(names, cells, strict=True)
    ]


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@x", "\tx", "\rx"])
def test_no_cell_is_taken_for_a_formula(name: str) -> None:  # C7
    text = write_table([("abc", name)], [("L1", name, ["7"], "1")])
    for row in csv.reader(io.StringIO(text)):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)
    assert safe("Ada") == "Ada"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("name,Talk [abc]\n", "no_ids"),
        ("id,learner,Talk\n", "no_columns"),
        ("id,Talk [abc]\n" + "x,1\n" * 5001, "too_large"),
        ("id,Talk [abc]\nx," + "1" * 140_000, "no_table"),
    ],
)
def test_other_tables_are_refused(text: str, code: str) -> None:
    with pytest.raises(UnreadableTable) as refused:
        read_table(text)
    assert refused.value.code == code


def test_line_ends_of_old_machines_are_line_ends() -> None:
    read = [read_table(end.join(["id,Talk [abc]", "x,1", "y,2"])) for end in ("\n", "\r\n", "\r")]
    assert read[0] == read[1] == read[2]
    assert [(one.learner, one.text) for one in read[0]] == [("x", "1"), ("y", "2")]
