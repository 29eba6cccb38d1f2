"""What AI was used for and what it cost."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import Coalesce

from ai.models import AiCall
from ai.rules import VIEW_CALL
from courses.models import Course
from lms.kernel import clock
from lms.kernel.actors import Actor

DAYS = 30


@dataclass(frozen=True, slots=True)
class Usage:
    """Sums over calls and the rows they come from, per provider, model, purpose and outcome."""

    days: int
    calls: int
    tokens_in: int
    tokens_out: int
    milliseconds: int
    rows: tuple[dict[str, Any], ...]


def usage(
    actor: Actor, *, course: Course | None = None, everybody: bool = False, days: int = DAYS
) -> Usage:
    """Usage of the last days: the actor's own, or of a course, or of everybody they may see."""
    rows = VIEW_CALL.rows(actor).filter(created_at__gte=clock.now() - timedelta(days=days))
    if course is not None:
        rows = rows.filter(course=course)
    elif not everybody:
        rows = rows.filter(person_id=actor.user_id)
    grouped = _sums(rows)
    return Usage(
        days=days,
        calls=sum(row["calls"] for row in grouped),
        tokens_in=sum(row["tokens_in"] for row in grouped),
        tokens_out=sum(row["tokens_out"] for row in grouped),
        milliseconds=sum(row["milliseconds"] for row in grouped),
        rows=grouped,
    )


def _sums(rows: QuerySet[AiCall]) -> tuple[dict[str, Any], ...]:
    grouped = rows.order_by().values("provider", "model", "purpose", "outcome")
    summed = grouped.annotate(
        calls=Count("pk"),
        tokens_in=Coalesce(Sum("tokens_in"), 0),
        tokens_out=Coalesce(Sum("tokens_out"), 0),
        milliseconds=Coalesce(Sum("milliseconds"), 0),
    )
    return tuple({**row} for row in summed.order_by("provider", "model", "purpose", "outcome"))
