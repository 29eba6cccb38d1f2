"""Answers to questions of several parts, each in a field of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import QueryDict

    from assessments.queries.attempt import QuestionSheet


def answer_by_part(data: QueryDict, name: str, shown: QuestionSheet) -> dict[str, str] | None:
    """What stands in the fields `name-part`; None when all are empty."""
    given = {part.id: str(data.get(f"{name}-{part.id}", "")).strip() for part in shown.parts}
    return {part: said for part, said in given.items() if said} or None
