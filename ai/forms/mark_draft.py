"""A draft of a mark in words for people."""

from decimal import Decimal
from typing import Any

from ai.enums import Confidence
from ai.models import AnswerDraft, MarkDraft


def answer_line(draft: AnswerDraft) -> dict[str, Any]:
    """What a draft says of a short answer: points or none, quote, reason and sureness."""
    one = draft.criteria[0] if draft.criteria else {}
    sure = dict(Confidence.choices)
    points = one.get("points")
    return {
        "points": None if points is None else Decimal(points),
        "quote": one.get("quote", ""),
        "reason": one.get("reason", ""),
        "confidence": sure.get(one.get("confidence", Confidence.NONE), ""),
    }


def drafted_lines(draft: MarkDraft) -> list[dict[str, Any]]:
    """Each criterion of the rubric with its level's title, points, quote, reason and sureness."""
    said = {one["criterion"]: one for one in draft.criteria}
    sure = dict(Confidence.choices)
    lines = []
    for criterion in draft.rubric.criteria:
        one = said.get(criterion["id"], {})
        titles = {level["id"]: level["title"] for level in criterion.get("levels", ())}
        lines.append(
            {
                "title": criterion["title"],
                "level": titles.get(one.get("level"), ""),
                "points": one.get("points"),
                "quote": one.get("quote", ""),
                "reason": one.get("reason", ""),
                "confidence": sure.get(one.get("confidence", Confidence.NONE), ""),
            }
        )
    return lines
