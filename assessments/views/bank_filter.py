"""Which questions an address speaks of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from assessments.enums import Difficulty, QuestionKind, QuestionState
from assessments.queries.bank import ORDERINGS, QuestionFilter

if TYPE_CHECKING:
    from django.http import HttpRequest

ALL: Final = "all"
MAX_IDS: Final = 200


def filter_of(request: HttpRequest) -> QuestionFilter:
    """The filter in the query string; questions are ready ones unless it says otherwise."""
    given = request.GET
    ids = tuple(one[:22] for one in given.getlist("id")[:MAX_IDS] if one)
    state = given.get("state", ALL if ids else QuestionState.READY)
    ordering = given.get("ordering", "newest")
    return QuestionFilter(
        search=given.get("search", "")[:200].replace("\x00", "").strip(),
        kind=listed(given.get("kind", ""), QuestionKind.values),
        state=listed(state, QuestionState.values),
        difficulty=listed(given.get("difficulty", ""), Difficulty.values),
        unused=given.get("unused") == "1",
        ids=tuple(one for one in ids if "\x00" not in one),
        ordering=ordering if ordering in ORDERINGS else "newest",
    )


def query_of(narrow: QuestionFilter) -> str:
    """The query string of a filter."""
    pairs = [
        ("search", narrow.search),
        ("kind", narrow.kind),
        ("state", narrow.state or ALL),
        ("difficulty", narrow.difficulty),
        ("unused", "1" if narrow.unused else ""),
        *(("id", one) for one in narrow.ids),
    ]
    return urlencode([(name, value) for name, value in pairs if value])


def listed(value: str, known: list[str]) -> str:
    """The value if it is known, else nothing."""
    return value if value in known else ""
