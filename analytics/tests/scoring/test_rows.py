"""What a learning-pattern request may hold, and the name of the field that is refused."""

import math
from decimal import Decimal
from typing import Any

import pytest

from analytics.scoring.rows import MAX_ROWS, PatternRow, parse_clusters, parse_rows
from lms.kernel.errors import Invalid


def row(**changes: Any) -> dict[str, Any]:
    return {"student": "a", "time_spent": 10, "completion_rate": 0.5, "performance": 70} | changes


def test_rows_are_read_in_order() -> None:
    rows = parse_rows([row(), row(student=7, time_spent=0.0, performance=None)])
    assert rows == [PatternRow("a", 10.0, 0.5, 70.0), PatternRow("7", 0.0, 0.5, None)]


def test_rows_without_the_key_of_performance_have_none() -> None:
    only = row()
    del only["performance"]
    assert parse_rows([only])[0].performance is None


@pytest.mark.parametrize("edge", [0, 1, 0.0, 1.0])
def test_rows_take_both_ends_of_the_completion_rate(edge: float) -> None:
    assert parse_rows([row(completion_rate=edge)])[0].completion_rate == edge


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"time_spent": -0.001}, "time_spent"),
        ({"time_spent": None}, "time_spent"),
        ({"time_spent": "12"}, "time_spent"),
        ({"time_spent": True}, "time_spent"),
        ({"time_spent": math.nan}, "time_spent"),
        ({"time_spent": math.inf}, "time_spent"),
        ({"time_spent": 10**400}, "time_spent"),
        ({"time_spent": 1e13}, "time_spent"),
        ({"time_spent": Decimal(3)}, "time_spent"),
        ({"time_spent": [1]}, "time_spent"),
        ({"completion_rate": -0.1}, "completion_rate"),
        ({"completion_rate": 85}, "completion_rate"),
        ({"completion_rate": 101}, "completion_rate"),
        ({"completion_rate": math.nan}, "completion_rate"),
        ({"completion_rate": None}, "completion_rate"),
        ({"performance": "good"}, "performance"),
        ({"performance": math.nan}, "performance"),
        ({"performance": -math.inf}, "performance"),
        ({"performance": False}, "performance"),
        ({"student": None}, "student"),
        ({"student": ""}, "student"),
        ({"student": 1.5}, "student"),
        ({"student": True}, "student"),
        ({"student": "x" * 201}, "student"),
        ({"student": 10**5000}, "student"),
        ({"performence": 3}, "performence"),
    ],
)
def test_rows_refuse_by_the_name_of_the_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse_rows([row(), row(), row(), row(**changes)])
    assert list(refused.value.errors) == [f"rows[3].{field}"]
    assert refused.value.status == 400


def test_rows_say_how_to_mend_a_percentage() -> None:
    with pytest.raises(Invalid, match="Divide a percentage by 100"):
        parse_rows([row(completion_rate=85)])


@pytest.mark.parametrize("value", [None, {}, "rows", b"rows", 3])
def test_rows_refuse_anything_but_a_list(value: object) -> None:
    with pytest.raises(Invalid) as refused:
        parse_rows(value)
    assert list(refused.value.errors) == ["rows"]


def test_rows_refuse_a_row_that_is_no_object() -> None:
    with pytest.raises(Invalid) as refused:
        parse_rows([row(), [1, 2]])
    assert list(refused.value.errors) == ["rows[1]"]


def test_rows_stop_at_five_thousand() -> None:
    assert len(parse_rows([row()] * MAX_ROWS)) == 5_000
    with pytest.raises(Invalid) as refused:
        parse_rows([row()] * (MAX_ROWS + 1))
    assert list(refused.value.errors) == ["rows"]


@pytest.mark.parametrize(("value", "k"), [(None, 3), (2, 2), (8, 8)])
def test_clusters_are_three_unless_asked(value: object, k: int) -> None:
    assert parse_clusters(value) == k


@pytest.mark.parametrize("value", [1, 9, 0, -3, 3.0, "3", True, 10**30])
def test_clusters_refuse_what_is_no_number_from_two_to_eight(value: object) -> None:
    with pytest.raises(Invalid) as refused:
        parse_clusters(value)
    assert list(refused.value.errors) == ["k"]
