"""What Cairn knows of a question and other systems do not, carried as tags `cairn:name=value`.

Both GIFT (in a comment) and Moodle XML keep tags, and other systems let them pass.
"""

from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote, unquote

from assessments.enums import Difficulty, QuestionKind, ToleranceKind
from assessments.scoring.content import QuestionContent
from assessments.scoring.numbers import rounded

PREFIX = "cairn:"
ONE = Decimal(1)
LARGEST = Decimal(10**9)


def tags_of(content: QuestionContent) -> list[str]:
    """The tags of a question, in a stable order."""
    said: dict[str, str] = {}
    if content.points != ONE:
        said["points"] = str(content.points)
    if content.difficulty:
        said["difficulty"] = str(content.difficulty)
    match content.kind:
        case QuestionKind.MULTIPLE_CHOICE:
            said["credit"] = "partial" if content.partial_credit else "all"
        case QuestionKind.SHORT_ANSWER:
            said["case"] = "match" if content.match_case else "ignore"
            said["accents"] = "match" if content.match_accents else "ignore"
        case QuestionKind.NUMERIC:
            if content.unit:
                said["unit"] = content.unit
            if content.tolerance_kind == ToleranceKind.RELATIVE:
                said["share"] = content.tolerance
    return [f"{PREFIX}{name}={quote(value, safe='')}" for name, value in said.items()]


def extras_in(tags: list[str]) -> tuple[dict[str, str], list[str]]:
    """What Cairn's tags say, and the tags of others."""
    ours = [tag for tag in tags if tag.startswith(PREFIX) and "=" in tag]
    pairs = (tag.removeprefix(PREFIX).split("=", 1) for tag in ours)
    return {name: unquote(value) for name, value in pairs}, [t for t in tags if t not in ours]


def with_extras(content: QuestionContent, said: dict[str, str]) -> QuestionContent:
    """The question with what the tags say; what makes no sense is ignored."""
    changes: dict[str, Any] = {}
    points = _number(said.get("points", ""))
    if points is not None:
        changes["points"] = rounded(points)
    if said.get("difficulty") in Difficulty.values:
        changes["difficulty"] = Difficulty(said["difficulty"])
    return replace(content, **changes, **_own_extras(content.kind, said))


def _own_extras(kind: QuestionKind, said: dict[str, str]) -> dict[str, Any]:
    match kind:
        case QuestionKind.MULTIPLE_CHOICE if "credit" in said:
            return {"partial_credit": said["credit"] == "partial"}
        case QuestionKind.SHORT_ANSWER:
            fields = {"case": "match_case", "accents": "match_accents"}
            return {field: said[tag] == "match" for tag, field in fields.items() if tag in said}
        case QuestionKind.NUMERIC:
            unit = {"unit": said["unit"]} if "unit" in said else {}
            if _number(said.get("share", "")) is None:
                return unit
            relative = {"tolerance_kind": ToleranceKind.RELATIVE}
            return {**unit, "tolerance": said["share"], **relative}
    return {}


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < LARGEST else None
