"""Every door has a row, every asker gets what the row says, a refusal leaves nothing changed."""

from collections.abc import Iterable

import pytest

from lms.tests.matrix import api_table, assessment_table
from lms.tests.matrix.doors import api_doors
from lms.tests.matrix.run import Row, outcomes
from lms.tests.world import World

pytestmark = pytest.mark.django_db

API_ROWS = [*api_table.ROWS, *assessment_table.ROWS]


def named(rows: Iterable[Row]) -> list[object]:
    return [pytest.param(row, id=f"{row.door} {row.note}".strip()) for row in rows]


@pytest.mark.parametrize("row", named(API_ROWS))
def test_operation_answers_each_asker(row: Row, world: World) -> None:  # Z6
    got, dirty = outcomes(row, world)
    assert got == row.profile
    assert dirty == [], "a refusal changed something"


def test_every_operation_has_a_row() -> None:  # Z6
    assert api_doors() - {row.door for row in API_ROWS} == set()


def test_no_row_speaks_of_a_door_that_is_gone() -> None:
    assert {row.door for row in API_ROWS} - api_doors() == set()
