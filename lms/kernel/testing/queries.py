"""Query counts that must not grow with the rows of a list."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext


def count_queries(act: Callable[[], Any]) -> int:
    """How many queries `act` makes, transaction control aside."""
    with CaptureQueriesContext(connection) as captured:
        act()
    control = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")
    return sum(not query["sql"].startswith(control) for query in captured.captured_queries)


def assert_constant_queries(
    act: Callable[[], Any], grow: Callable[[], Any], *, most: int | None = None
) -> int:
    """Run `act`, add two rows with `grow` twice, run it again: the count must be the same.

    `most` caps the count. Returns it.
    """
    act()
    with_one = count_queries(act)
    grow()
    grow()
    with_three = count_queries(act)
    assert with_three == with_one, f"{with_one} queries with one row, {with_three} with three"
    assert most is None or with_one <= most, f"{with_one} queries, at most {most} allowed"
    return with_one
