"""What every decision about a suggestion shares: its lock, its state, its counter."""

from typing import TypeVar

from django.db.models import QuerySet

from ai.enums import DraftState
from ai.models.suggestion import Suggestion
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock
from lms.kernel.errors import NotFound, Stale

Row = TypeVar("Row", bound=Suggestion)


def locked(rows: QuerySet[Row], expected: int | None) -> Row:
    """The one of these rows, under a lock; the caller has checked the rule.

    Raises NotFound when it is gone, Stale when it moved on from version `expected`.
    """
    row = lock(rows).first()
    if row is None:
        raise NotFound
    if expected is not None and row.version != expected:
        raise Stale
    return row


def decide(row: Suggestion, actor: Actor, state: DraftState) -> None:
    """Say who decided and when, not saved; DRAFT takes a decision back."""
    row.state = state
    if state == DraftState.DRAFT:
        row.decided_at, row.decided_by_id = None, None
    else:
        row.decided_at, row.decided_by_id = clock.now(), actor.user_id


def save(row: Row, *fields: str) -> Row:
    """Store these fields with the decision, and count the change."""
    row.version += 1
    row.updated_at = clock.now()
    decision = ("state", "decided_by", "decided_at", "version", "updated_at")
    row.save(update_fields=[*fields, *decision])
    return row
