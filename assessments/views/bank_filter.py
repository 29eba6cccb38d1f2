"""Which questions an address speaks of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from assessments.enums import Difficulty, QuestionKind, QuestionOrigin, QuestionState
from assessments.queries.bank import CURRENT, NO_CATEGORY, ORDERINGS, QuestionFilter

if TYPE_CHECKING:
    from django.http import HttpRequest, QueryDict

ALL: Final = "all"
MAX_IDS: Final = 1000
ID_LENGTH: Final = 22
DEFAULT: Final = QuestionFilter(state=CURRENT)


def filter_of(request: HttpRequest) -> QuestionFilter:
    """The filter in the query string; retired questions are left out unless it says otherwise."""
    return filter_in(request.GET)


def filter_in(given: QueryDict) -> QuestionFilter:
    """The same for any form."""
    ids = tuple(one[:ID_LENGTH] for one in given.getlist("id")[:MAX_IDS] if one)
    state = given.get("state", ALL if ids else CURRENT)
    ordering = given.get("ordering", "newest")
    return QuestionFilter(
        search=given.get("search", "")[:200].replace("\x00", "").strip(),
        kind=listed(given.get("kind", ""), QuestionKind.values),
        state=listed(state, [CURRENT, *QuestionState.values]),
        difficulty=listed(given.get("difficulty", ""), Difficulty.values),
        category=_id(given.get("category", "")),
        tag=_id(given.get("tag", "")),
        outcome=_id(given.get("outcome", "")),
        source=listed(given.get("source", ""), QuestionOrigin.values),
        author=_id(given.get("author", "")),
        unused=given.get("unused") == "1",
        ids=tuple(one for one in ids if "\x00" not in one),
        ordering=ordering if ordering in ORDERINGS else "newest",
    )


def query_of(narrow: QuestionFilter, bank: str = "", **more: str) -> str:
    """The query string of a filter in a bank, which is the course's own when empty."""
    names = ("search", "kind", "difficulty", "category", "tag", "outcome", "source", "author")
    state = "" if narrow.state == CURRENT and not narrow.ids else narrow.state or ALL
    ordering = "" if narrow.ordering == "newest" else narrow.ordering
    pairs = [
        ("bank", bank),
        *((name, getattr(narrow, name)) for name in names),
        ("state", state),
        ("unused", "1" if narrow.unused else ""),
        ("ordering", ordering),
        *(("id", one) for one in narrow.ids),
        *more.items(),
    ]
    return urlencode([(name, value) for name, value in pairs if value])


def without(narrow: QuestionFilter, name: str) -> QuestionFilter:
    """The filter without one of its parts."""
    return replace(narrow, **{name: getattr(DEFAULT, name)})


def listed(value: str, known: list[str]) -> str:
    """The value if it is known, else nothing."""
    return value if value in known else ""


def _id(value: str) -> str:
    """A public id, or the word for questions in no category."""
    fits = value == NO_CATEGORY or (len(value) <= ID_LENGTH and value.isalnum())
    return value if fits else ""
