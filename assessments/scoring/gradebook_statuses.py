"""The statuses that a course makes for itself, beside late, missing, excused and in progress.

They are typed like those: a sign of a few letters, alone or after a score. A key begins with
`own_`, so that none is ever taken for a built-in status.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from assessments.enums import StatusColour, StatusEffect

PREFIX: Final = "own_"
MOST_LETTERS: Final = 4
# What the grid and files take for something else already.
TAKEN_SIGNS: Final = frozenset({"e", "ex", "x", "m", "l"})


@dataclass(frozen=True, slots=True)
class CourseStatus:
    """A status of a course's own; `percent` is of the points, None where the effect knows none.

    An archived one stays on the cells that bear it and counts there; no other cell gets it.
    """

    key: str
    name: str
    sign: str
    colour: StatusColour
    effect: StatusEffect
    percent: Decimal | None = None
    archived: bool = False


Statuses = Mapping[str, CourseStatus]
NO_STATUSES: Final[Statuses] = {}


def statuses_from(data: Iterable[Mapping[str, Any]]) -> dict[str, CourseStatus]:
    """The stored statuses of a course by their keys, in their order."""
    return {
        one["key"]: CourseStatus(
            key=one["key"],
            name=one["name"],
            sign=one["sign"],
            colour=StatusColour(one["colour"]),
            effect=StatusEffect(one["effect"]),
            percent=None if one["percent"] is None else Decimal(one["percent"]),
            archived=one["archived"],
        )
        for one in data
    }


def status_data(status: CourseStatus) -> dict[str, Any]:
    """A status as it is stored and sent: plain JSON, the percentage as text."""
    return {
        "key": status.key,
        "name": status.name,
        "sign": status.sign,
        "colour": str(status.colour),
        "effect": str(status.effect),
        "percent": None if status.percent is None else f"{status.percent:f}",
        "archived": status.archived,
    }


def signs_of(statuses: Statuses) -> dict[str, str]:
    """What one types for each status, by its key."""
    return {key: one.sign for key, one in statuses.items()}


def sign_from(typed: str) -> str | None:
    """A sign as it is compared: one to four small letters; None when it is something else."""
    sign = unicodedata.normalize("NFKC", typed.strip()).lower()
    return sign if sign.isalpha() and len(sign) <= MOST_LETTERS else None
