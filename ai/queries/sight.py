"""What somebody may read of earlier answers while an exam of theirs limits AI.

An answer of last week helps as much as one of now. Where the exam leaves hints, what explained is
hidden as well; where it leaves nothing, so are hints. One's own questions stay one's own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from ai.enums import TutorHelp
from ai.models import Exchange
from assessments.enums import AiHelp
from assessments.queries.exam import helps_left


@dataclass(frozen=True, slots=True)
class Said:
    """An exchange as its learner may read it now; `hidden`: without what was answered."""

    public_id: str
    question: str
    answer: str
    answerable: bool
    citations: list[dict[str, str]]
    mode: str
    rating: str
    reason: str
    sent_on: bool
    reply: str
    by_model: bool
    created_at: datetime
    hidden: bool


def said(rows: Iterable[Exchange], left: AiHelp) -> list[Said]:
    """Exchanges as far as the level of help that is left lets them be read."""
    return [_said(row, hidden=_is_hidden(row.mode, left)) for row in rows]


def _said(row: Exchange, *, hidden: bool) -> Said:
    return Said(
        public_id=row.public_id,
        question=row.question,
        answer="" if hidden else row.answer,
        answerable=row.answerable,
        citations=[] if hidden else row.citations,
        mode=row.mode,
        rating=row.rating,
        reason=row.reason,
        sent_on=row.sent_on_at is not None,
        reply="" if hidden else row.reply,
        by_model=row.by_model and not hidden,
        created_at=row.created_at,
        hidden=hidden,
    )


def _is_hidden(mode: str, left: AiHelp) -> bool:
    if left == AiHelp.HINT:
        return mode == TutorHelp.FULL
    return left == AiHelp.OFF


def withheld_exchanges(rows: QuerySet[Any]) -> set[int]:
    """Keys of exchanges whose answers a copy of one's data keeps back now."""
    found = list(rows.values_list("pk", "mode", "conversation__learner_id"))
    left = helps_left({person for _pk, _mode, person in found})
    return {pk for pk, mode, person in found if _is_hidden(mode, left[person])}


def withheld_texts(rows: QuerySet[Any]) -> set[int]:
    """Keys of texts that AI saw which a copy of one's data keeps back now: with an answer, all."""
    found = list(rows.values_list("pk", "person_id"))
    left = helps_left({person for _pk, person in found})
    return {pk for pk, person in found if left[person] != AiHelp.FULL}
