"""Every filter that the schema names is obeyed: what is required, and what it may be."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest

from lms.tests.matrix.run import Row, client_for, query_of
from lms.tests.matrix.shapes import schema
from lms.tests.matrix.test_matrix import API_ROWS
from lms.tests.world import World

pytestmark = pytest.mark.django_db


def readings() -> Iterator[tuple[Row, list[dict[str, Any]]]]:
    """A row of each reading operation, with its query parameters."""
    met = set()
    for row in API_ROWS:
        if row.verb == "GET" and 200 in row.asked.values() and row.door not in met:
            met.add(row.door)
            found = schema()["paths"][row.path]["get"].get("parameters", [])
            yield row, [one for one in found if one["in"] == "query"]


def refusals(row: Row, world: World, **changed: str | None) -> Any:
    """What is wrong, by name, with the row's request when its query says something else."""
    who = next(name for name, status in row.asked.items() if status == 200)
    given = dict(parse_qsl(query_of(row, world).removeprefix("?"))) | changed
    query = urlencode({name: text for name, text in given.items() if text is not None})
    response = client_for(who, world).get(f"{row.path.format(**row.values(world))}?{query}")
    return response.json().get("errors", {}) if response.status_code == 400 else response


def test_what_is_required_and_missing_is_named(world: World) -> None:  # P6
    wrong = [
        f"{row.path} {one['name']}"
        for row, parameters in readings()
        for one in parameters
        if one.get("required") and one["name"] not in refusals(row, world, **{one["name"]: None})
    ]
    assert sorted(wrong) == []


def test_what_is_not_on_the_list_is_refused(world: World) -> None:  # P2
    wrong = [
        f"{row.path} {one['name']}"
        for row, parameters in readings()
        for one in parameters
        if "enum" in one["schema"]
        and one["name"] not in refusals(row, world, **{one["name"]: "no-such-word"})
    ]
    assert sorted(wrong) == []


def test_numbers_of_pages_are_checked(world: World) -> None:  # P2
    wrong = [
        f"{row.path} {one['name']}"
        for row, parameters in readings()
        for one in parameters
        if one["name"] in {"page", "page_size"}
        and one["name"] not in refusals(row, world, **{one["name"]: "many"})
    ]
    assert sorted(wrong) == []
