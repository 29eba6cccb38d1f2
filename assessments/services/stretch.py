"""Open attempts end later when their learner gets more time; never earlier."""

from django.db import transaction
from django.db.models import QuerySet

from assessments.enums import AttemptState, StepKind
from assessments.models import Attempt
from assessments.queries.dates import dates_for
from assessments.scoring.dates import deadline_of
from assessments.services.log import add_step, take_turn
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock


def stretch_attempts(*, actor: Actor, attempts: QuerySet[Attempt], reason: str) -> int:
    """Bring the deadlines of open attempts up to what holds now, on the record; how many moved.

    Each is locked in its learner's turn, in a transaction of its own unless the caller opened one.
    """
    mine = attempts.filter(state=AttemptState.OPEN).exclude(deadline=None)
    moved = 0
    keys = mine.order_by("course_id", "learner_id", "pk")
    for course_id, learner_id, pk in list(keys.values_list("course_id", "learner_id", "pk")):
        with transaction.atomic():
            take_turn(course_id, learner_id)
            rows = mine.filter(pk=pk, deadline__gte=clock.now()).select_related("quiz")
            row = lock(rows).first()
            moved += row is not None and _stretch(actor, row, reason)
    return moved


def _stretch(actor: Actor, row: Attempt, reason: str) -> bool:
    ends = deadline_of(row.started_at, dates_for(row.quiz, row.learner_id), row.break_used).at
    if row.deadline is None or (ends is not None and ends <= row.deadline):
        return False
    row.deadline = ends
    row.save(update_fields=["deadline"])
    data = {"reason": reason, "deadline": ends and ends.isoformat()}
    add_step(row, StepKind.EXTENDED, actor=actor, data=data)
    return True
