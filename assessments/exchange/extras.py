"""What Cairn knows of a question and other systems do not, carried as tags `cairn:name=value`.

Both GIFT (in a comment) and Moodle XML keep tags, and other systems let them pass.
"""

from dataclasses import replace
from decimal import Decimal
from typing import Any
from urllib.parse import quote, unquote

from assessments.enums import Difficulty
from assessments.scoring.content import MAX_HINTS, QuestionContent
from assessments.scoring.numbers import number_or_none, rounded
from assessments.scoring.registry import type_of

PREFIX = "cairn:"
HINT = "hint-"
ONE = Decimal(1)


def tags_of(content: QuestionContent, *, hints: bool = False) -> list[str]:
    """The tags of a question, in a stable order; with its hints for a format that has none."""
    said: dict[str, str] = {}
    if hints:
        said |= {f"{HINT}{n}": hint for n, hint in enumerate(content.hints, start=1)}
    if content.points != ONE:
        said["points"] = str(content.points)
    if content.difficulty:
        said["difficulty"] = str(content.difficulty)
    said |= type_of(content.kind).extras(content)
    return [f"{PREFIX}{name}={quote(value, safe='')}" for name, value in said.items()]


def extras_in(tags: list[str]) -> tuple[dict[str, str], list[str]]:
    """What Cairn's tags say, and the tags of others."""
    ours = [tag for tag in tags if tag.startswith(PREFIX) and "=" in tag]
    pairs = (tag.removeprefix(PREFIX).split("=", 1) for tag in ours)
    return {name: unquote(value) for name, value in pairs}, [t for t in tags if t not in ours]


def with_extras(content: QuestionContent, said: dict[str, str]) -> QuestionContent:
    """The question with what the tags say; what makes no sense is ignored."""
    changes: dict[str, Any] = {}
    points = number_or_none(said.get("points", ""))
    if points is not None:
        changes["points"] = rounded(points)
    hints = tuple(value for name, value in said.items() if name.startswith(HINT) and value.strip())
    if hints:
        changes["hints"] = hints[:MAX_HINTS]
    if said.get("difficulty") in Difficulty.values:
        changes["difficulty"] = Difficulty(said["difficulty"])
    return replace(content, **changes, **type_of(content.kind).from_extras(said))
