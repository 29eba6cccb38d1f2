"""Rubrics and guides as rows that are added and removed without a script."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from assessments.enums import RubricKind
from assessments.scoring.rubric import MAX_CRITERIA, MAX_LEVELS, Criterion, Level
from lms.kernel.db.fields import new_public_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import QueryDict

ID_LENGTH = 10
START = {RubricKind.RUBRIC: (2, 3), RubricKind.GUIDE: (2, 0)}


@dataclass
class RubricForm:
    """What is typed: `rows` of criteria with their levels, all texts; `errors` to show above."""

    kind: str
    title: str = ""
    rows: list[dict[str, Any]] = field(default_factory=list)
    version: str = ""
    errors: list[str] = field(default_factory=list)

    @classmethod
    def blank(cls, kind: str) -> RubricForm:
        """A few empty rows to begin with."""
        criteria, levels = START[RubricKind(kind)]
        return cls(kind, rows=[_row(levels) for _one in range(criteria)])

    @classmethod
    def of(cls, kind: str, title: str, criteria: Sequence[Criterion], version: int) -> RubricForm:
        """What a rubric says now."""
        rows = [
            {
                "id": one.id,
                "title": one.title,
                "description": one.description,
                "note": one.note,
                "points": _plain(one.points),
                "levels": [
                    {
                        "id": level.id,
                        "title": level.title,
                        "points": _plain(level.points),
                        "description": level.description,
                    }
                    for level in one.levels
                ],
            }
            for one in criteria
        ]
        return cls(kind, title, rows, str(version))

    @classmethod
    def posted(cls, kind: str, data: QueryDict) -> RubricForm:
        """The rows of a post, after the act that adds or removes one."""
        rows = [
            {name: data.get(f"c{at}-{name}", "") for name in ("id", "title", "description")}
            | {name: data.get(f"c{at}-{name}", "") for name in ("note", "points")}
            | {"levels": _posted_levels(at, data)}
            for at in range(MAX_CRITERIA)
            if f"c{at}-title" in data
        ]
        form = cls(kind, data.get("title", ""), rows, data.get("version", ""))
        form.arrange(data.get("act", ""))
        return form

    def arrange(self, act: str) -> None:
        """`more`, `remove-1`, `level-1` (one more level) or `drop-1-0` (a level less)."""
        verb, *places = act.split("-")
        at = [int(place[:9]) for place in places if place.isdecimal()]
        if verb == "more" and len(self.rows) < MAX_CRITERIA:
            self.rows.append(_row(START[RubricKind(self.kind)][1]))
        elif at and at[0] < len(self.rows):
            row = self.rows[at[0]]
            if verb == "remove":
                self.rows.remove(row)
            elif verb == "level" and len(row["levels"]) < MAX_LEVELS:
                row["levels"].append(_level())
            elif verb == "drop" and len(at) > 1 and at[1] < len(row["levels"]):
                del row["levels"][at[1]]

    def criteria(self) -> tuple[Criterion, ...]:
        """What the service writes; points that are no numbers are told in `errors`."""
        found = []
        for row in self.rows:
            levels = tuple(
                Level(
                    id=level["id"] or _id(),
                    title=level["title"],
                    points=self._number(level["points"], row["title"]),
                    description=level["description"],
                )
                for level in row["levels"]
                if level["title"].strip() or level["points"].strip()
            )
            if not (row["title"].strip() or levels):
                continue
            points = row["points"] if self.kind == RubricKind.GUIDE else "0"
            found.append(
                Criterion(
                    id=row["id"] or _id(),
                    title=row["title"],
                    points=self._number(points, row["title"]),
                    description=row["description"],
                    note=row["note"],
                    levels=levels,
                )
            )
        return tuple(found)

    @property
    def expected(self) -> int | None:
        """The version that was on the page."""
        given = self.version
        return int(given[:9]) if given.isascii() and given.isdigit() else None

    def _number(self, typed: str, title: str) -> Decimal:
        try:
            value = Decimal(typed.strip().replace(",", "."))
        except InvalidOperation:
            value = None
        if value is None or not value.is_finite():
            words = _("Give points of “%(title)s” as a number.") % {"title": title}
            if words not in self.errors:
                self.errors.append(words)
            return Decimal(0)
        return value


def is_arranging(act: str) -> bool:
    """Whether a post only changes which rows there are."""
    return act.partition("-")[0] in {"more", "remove", "level", "drop"}


def _posted_levels(at: int, data: QueryDict) -> list[dict[str, str]]:
    names = ("id", "title", "points", "description")
    cells = {name: data.getlist(f"c{at}-level-{name}") for name in names}
    return [
        {name: cells[name][place] if place < len(cells[name]) else "" for name in names}
        for place in range(min(len(cells["title"]), MAX_LEVELS))
    ]


def _row(levels: int) -> dict[str, Any]:
    empty: dict[str, Any] = dict.fromkeys(("id", "title", "description", "note", "points"), "")
    return empty | {"levels": [_level() for _one in range(levels)]}


def _level() -> dict[str, str]:
    return dict.fromkeys(("id", "title", "points", "description"), "")


def _id() -> str:
    return new_public_id()[:ID_LENGTH]


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
