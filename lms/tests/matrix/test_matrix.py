"""Every door has a row, every asker gets what row and schema say, a refusal changes nothing."""

from collections.abc import Iterable

import pytest

from lms.tests.matrix import (
    ai_table,
    api_table,
    assessment_table,
    assignment_pages,
    assignment_table,
    bank_pages,
    bank_table,
    calendar_table,
    content_table,
    direct_table,
    forum_table,
    gradebook_pages,
    gradebook_table,
    mastery_table,
    notification_table,
    own_table,
    page_table,
    report_table,
    room_table,
    statement_table,
    structure_table,
    tutor_table,
    warning_table,
)
from lms.tests.matrix.doors import api_doors, page_doors
from lms.tests.matrix.run import Row, outcomes
from lms.tests.world import World

pytestmark = pytest.mark.django_db

API_ROWS = [
    *api_table.ROWS,
    *assessment_table.ROWS,
    *assignment_table.ROWS,
    *bank_table.ROWS,
    *structure_table.ROWS,
    *gradebook_table.ROWS,
    *ai_table.ROWS,
    *content_table.ROWS,
    *tutor_table.ROWS,
    *warning_table.API,
    *calendar_table.API,
    *statement_table.API,
    *room_table.API,
    *forum_table.API,
    *direct_table.API,
    *mastery_table.API,
    *report_table.API,
    *notification_table.API,
    *own_table.API,
]
PAGE_ROWS = [
    *page_table.ROWS,
    *assignment_pages.ROWS,
    *bank_pages.ROWS,
    *gradebook_pages.ROWS,
    *structure_table.PAGE_ROWS,
    *content_table.PAGE_ROWS,
    *tutor_table.PAGE_ROWS,
    *calendar_table.PAGES,
    *warning_table.PAGES,
    *room_table.PAGES,
    *forum_table.PAGES,
    *direct_table.PAGES,
    *mastery_table.PAGES,
    *report_table.PAGES,
    *notification_table.PAGES,
]


def named(rows: Iterable[Row]) -> list[object]:
    return [pytest.param(row, id=f"{row.door} {row.note}".strip()) for row in rows]


def knock_and_compare(row: Row, world: World) -> None:
    got, dirty, unlike = outcomes(row, world)
    wrong = {who: f"{got[who]}, not {row.asked[who]}" for who in got if got[who] != row.asked[who]}
    assert wrong == {}
    assert dirty == [], "a refusal changed something"
    assert unlike == [], "the schema says something else"


@pytest.mark.parametrize("row", named(API_ROWS))
def test_operation_answers_each_asker(row: Row, world: World) -> None:  # Z6
    knock_and_compare(row, world)


@pytest.mark.parametrize("row", named(PAGE_ROWS))
def test_page_answers_each_asker(row: Row, world: World) -> None:  # Z6
    knock_and_compare(row, world)


def test_every_page_has_a_row() -> None:  # Z6
    assert page_doors() - {row.door for row in PAGE_ROWS} == set()


def test_every_operation_has_a_row() -> None:  # Z6
    assert api_doors() - {row.door for row in API_ROWS} == set()


def test_no_row_speaks_of_a_door_that_is_gone() -> None:
    assert {row.door for row in API_ROWS} - api_doors() == set()
    assert {row.door for row in PAGE_ROWS} - page_doors() == set()
