"""Query counts that must not grow with the rows of a list."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext


def count_queries(act: Callable[[], Any]) -> int:
    """How many queries `act` makes, transaction control aside."""
    return len(captured_queries(act))


def captured_queries(act: Callable[[], Any]) -> list[str]:
    """The SQL of the queries `act` makes.

    Left out are transaction control, and sessions, which a cache answers until it drops them.
    """
    with CaptureQueriesContext(connection) as captured:
        act()
    control = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")
    sql = (query["sql"] for query in captured.captured_queries)
    return [one for one in sql if not one.startswith(control) and "django_session" not in one]


def assert_constant_queries(
    act: Callable[[], Any], grow: Callable[[], Any], *, most: int | None = None
) -> int:
    """Run `act`, add two rows with `grow` twice, run it again: the count must be the same.

    `most` caps the count. Returns it.
    """
    act()
    before = captured_queries(act)
    grow()
    grow()
    after = captured_queries(act)
    shown = "\n".join(["", "with one row:", *before, "with three:", *after])
    assert len(after) == len(before), shown
    assert most is None or len(before) <= most, f"at most {most} queries allowed:{shown}"
    return len(before)
