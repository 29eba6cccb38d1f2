"""The answers of an attempt as they stand, for a page that asks whether another tab was faster."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Sum

from assessments.enums import AttemptState
from assessments.models import Attempt
from assessments.queries.access import require_place
from assessments.rules import VIEW_ATTEMPT
from lms.kernel.actors import Actor
from lms.kernel.rules import require


@dataclass(frozen=True, slots=True)
class StandingAnswer:
    """The last answer to a question, under the number of its question's last step."""

    id: str
    seq: int
    answer: Any
    certainty: int | None
    answered_at: datetime | None
    flagged: bool
    tries: int
    final: bool


def stamp_of(row: Attempt) -> int:
    """A number that grows with every step of a question; one query."""
    return int(row.questions.aggregate(steps=Sum("seq"))["steps"] or 0)


def standing_answers(actor: Actor, row: Attempt) -> list[StandingAnswer]:
    """The answers of an open attempt, for its learner in the quiz's networks; none in a break.

    Raises Denied `address_not_allowed` and what `require` raises.
    """
    require(actor, VIEW_ATTEMPT, row)
    if row.state != AttemptState.OPEN or row.paused_at is not None:
        return []
    if row.learner_id == actor.user_id:
        require_place(actor, row.quiz)
    return list(_rows(row, own=row.learner_id == actor.user_id))


def _rows(row: Attempt, *, own: bool) -> Iterator[StandingAnswer]:
    names = ("public_id", "seq", "answer", "certainty", "answered_at", "flagged", "tries", "final")
    parts = row.questions.order_by("ordinal")
    if own and row.forward_only:
        parts = parts.filter(page=row.page)
    for values in parts.values_list(*names):
        yield StandingAnswer(*values)
