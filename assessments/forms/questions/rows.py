"""Rows of a question that are written side by side: options, pairs, items.

A row set called `option` with the column `text` posts `option-text` once per row; the boxes of a
column in `marks` post the place of their row. `act` adds, moves and removes rows without a script.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.http import QueryDict

Row = dict[str, Any]
ACTS = ("more", "up", "down", "remove")
ID_LENGTH = 22


@dataclass(frozen=True, slots=True)
class RowSet:
    """The rows of one kind; `start` empty ones at first, `more` at a time, `most` in all.

    `errors` is the field of the content that a refusal of the rows names. Rows that all types
    `share` are only added by their name.
    """

    name: str
    columns: tuple[str, ...]
    marks: tuple[str, ...] = ()
    most: int = 20
    start: int = 4
    more: int = 2
    errors: str = ""
    shared: bool = False

    def fresh(self, count: int | None = None) -> list[Row]:
        """Empty rows."""
        empty = dict.fromkeys(self.columns, "") | dict.fromkeys(self.marks, False)
        return [dict(empty) for _row in range(self.start if count is None else count)]

    def posted(self, data: QueryDict) -> list[Row]:
        """The rows of a post, also the empty ones."""
        columns = {name: data.getlist(f"{self.name}-{name}") for name in self.columns}
        marked = {name: set(data.getlist(f"{self.name}-{name}")) for name in self.marks}
        count = min(max((len(cells) for cells in columns.values()), default=0), self.most)
        return [
            {name: _cell(name, cells, place) for name, cells in columns.items()}
            | {name: str(place) in places for name, places in marked.items()}
            for place in range(count)
        ]

    def arranged(self, rows: list[Row], act: str) -> list[Row]:
        """The rows after `more`, `up-option-2`, `down-option-2` or `remove-option-2`."""
        verb, _dash, rest = act.partition("-")
        if verb == "more" and rest in {self.name, self.name if self.shared else ""}:
            return rows + self.fresh(min(self.more, self.most - len(rows)))
        name, _dash, place = rest.rpartition("-")
        at = int(place[:9]) if place.isdecimal() else len(rows)
        return rows if name != self.name or at >= len(rows) else _moved(rows, at, verb)

    def filled(self, rows: list[Row]) -> list[Row]:
        """The rows that say something or are marked."""
        said = [name for name in self.columns if name != "id"]
        return [
            row
            for row in rows
            if any(str(row[name]).strip() for name in said) or any(row[m] for m in self.marks)
        ]


def is_arranging(act: str) -> bool:
    """Whether a post only changes which rows there are."""
    return act.partition("-")[0] in ACTS


def _cell(name: str, cells: list[str], place: int) -> str:
    cell = cells[place] if place < len(cells) else ""
    return cell[:ID_LENGTH] if name == "id" else cell


def _moved(rows: list[Row], place: int, verb: str) -> list[Row]:
    left = [row for n, row in enumerate(rows) if n != place]
    if verb == "remove":
        return left
    to = place - 1 if verb == "up" else place + 1
    return [*left[: max(to, 0)], rows[place], *left[max(to, 0) :]]
