"""The log of an attempt, and whose turn it is to write it."""

from collections.abc import Collection, Iterable
from typing import Any, Final

from django.db import connection
from django.db.models import Max

from assessments.enums import StepKind
from assessments.models import Attempt, AttemptQuestion, AttemptStep
from courses.models import Enrolment
from lms.kernel import clock
from lms.kernel.actors import Actor
from lms.kernel.db.locks import lock

_WRITE_SCORES: Final = """
    UPDATE assessments_attemptquestion AS part
    SET score = found.score, verdict = found.verdict, seq = found.seq
    FROM UNNEST(%s::bigint[], %s::numeric[], %s::varchar[], %s::integer[])
        AS found(id, score, verdict, seq)
    WHERE part.id = found.id
"""


def take_turn(course_id: int, learner_id: int) -> None:
    """Lock the learner's enrolment until the transaction ends.

    Starting, closing and grading take this first, because finishing a lesson locks the same row:
    one order of locks, no deadlock.
    """
    rows = Enrolment.objects.filter(course_id=course_id, user_id=learner_id)
    lock(rows).values_list("pk", flat=True).first()


def take_turns(course_id: int, learner_ids: Iterable[int]) -> None:
    """`take_turn` for many learners at once, always in the same order."""
    rows = Enrolment.objects.filter(course_id=course_id, user_id__in=learner_ids)
    list(lock(rows.order_by("pk")).values_list("pk", flat=True))


def add_step(
    attempt: Attempt,
    kind: StepKind,
    *,
    actor: Actor,
    data: dict[str, Any],
    question: AttemptQuestion | None = None,
    seq: int | None = None,
) -> AttemptStep:
    """Append a step; the caller holds the attempt's lock. Without `seq` the next number is taken.

    The question's own `seq` is counted up but not saved.
    """
    if seq is None:
        seq = (_last_of_attempt(attempt) if question is None else question.seq) + 1
    if question is not None:
        question.seq = seq
    return AttemptStep.objects.create(
        attempt=attempt,
        question=question,
        kind=kind,
        seq=seq,
        data=data,
        at=clock.now(),
        actor_id=actor.user_id,
    )


def add_scored_steps(
    attempt: Attempt, scored: Iterable[tuple[AttemptQuestion, dict[str, Any]]], *, actor: Actor
) -> None:
    """Append a `scored` step for each question with its data, in one statement; see `add_step`."""
    now, rows = clock.now(), []
    for question, data in scored:
        question.seq += 1
        rows.append(
            AttemptStep(
                attempt=attempt,
                question=question,
                kind=StepKind.SCORED,
                seq=question.seq,
                data=data,
                at=now,
                actor_id=actor.user_id,
            )
        )
    AttemptStep.objects.bulk_create(rows)


def write_scores(questions: Collection[AttemptQuestion]) -> None:
    """Store `score`, `verdict` and `seq` of questions that the caller read whole, under its lock.

    One statement. PostgreSQL takes the three columns as lists; elsewhere it is an upsert of whole
    rows, because `bulk_update` writes a CASE per column and row, which takes five times as long.
    """
    if connection.vendor == "postgresql":
        rows = [(one.pk, one.score, one.verdict, one.seq) for one in questions]
        columns = [list(column) for column in zip(*rows, strict=True)]
        if columns:
            with connection.cursor() as cursor:
                cursor.execute(_WRITE_SCORES, columns)
        return
    AttemptQuestion.objects.bulk_create(
        questions,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["score", "verdict", "seq"],
    )


def started_data(attempt: Attempt) -> dict[str, Any]:
    """What the first step says, so that the log alone tells the whole attempt."""
    deadline = attempt.deadline
    return {
        "deadline": deadline and deadline.isoformat(),
        "max_score": str(attempt.max_score),
        "behaviour": str(attempt.behaviour),
        "tries_allowed": attempt.tries_allowed,
        "try_penalty": str(attempt.try_penalty),
        "break_seconds": attempt.break_seconds,
    }


def _last_of_attempt(attempt: Attempt) -> int:
    steps = AttemptStep.objects.filter(attempt=attempt, question=None)
    return int(steps.aggregate(last=Max("seq"))["last"] or 0)
