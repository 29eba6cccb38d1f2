"""Whether attempts are what their logs say: stored state beside state replayed from the steps."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db.models import Prefetch, Q, QuerySet

from assessments.enums import StepKind, Verdict
from assessments.models import Attempt, AttemptQuestion, AttemptStep
from assessments.scoring.replay import UNKNOWN, AttemptState, Logged, PartState, replay
from lms.kernel import clock

CHUNK: Final = 200
# The nightly check replays what happened lately; the command replays everything.
LATELY: Final = timedelta(days=2)
WHOLE: Final = (
    "deadline",
    "paused_at",
    "break_used",
    "page",
    "submitted_at",
    "closed_by_clock",
    "late_percent",
    "override",
    "score",
    "deducted",
)
PART: Final = (
    "seq",
    "answer",
    "certainty",
    "answered_at",
    "flagged",
    "tries",
    "final",
    "score",
    "verdict",
    "overridden",
    "comment",
)


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that its log says otherwise; `ordinal` is None for the attempt itself."""

    attempt: str
    ordinal: int | None
    name: str
    stored: Any
    replayed: Any


def differences(rows: QuerySet[Attempt]) -> Iterator[Difference]:
    """What differs in any of these attempts; those of erased people tell nothing and are left out.

    Three queries for every 200 attempts.
    """
    whole = rows.filter(learner__erased_at=None).prefetch_related(
        Prefetch("questions", AttemptQuestion.objects.order_by("ordinal")),
        Prefetch("steps", AttemptStep.objects.order_by("pk")),
    )
    for row in whole.order_by("pk").iterator(chunk_size=CHUNK):
        yield from differences_of(row, row.questions.all(), row.steps.all())


def differences_of(
    row: Attempt, parts: Iterable[AttemptQuestion], steps: Iterable[AttemptStep]
) -> Iterator[Difference]:
    """What differs in one attempt."""
    state = replay(logged(step) for step in steps)
    for name, stored, told in _compared(row, state, WHOLE):
        yield Difference(row.public_id, None, name, stored, told)
    for part in parts:
        for name, stored, told in _compared(part, _part(state, part), PART):
            yield Difference(row.public_id, part.ordinal, name, stored, told)


def lately() -> QuerySet[Attempt]:
    """Attempts that are open or were handed in during the last two days."""
    since = clock.now() - LATELY
    return Attempt.objects.filter(Q(submitted_at=None) | Q(submitted_at__gte=since))


def logged(step: AttemptStep) -> Logged:
    """A stored step as the replay takes it."""
    return Logged(StepKind(step.kind), step.question_id, step.seq, step.data, step.at)


def _part(state: AttemptState, part: AttemptQuestion) -> PartState:
    """A question's replayed state; an answer that waits for a mark has no step of that."""
    found = state.parts.get(part.pk) or PartState()
    if state.submitted_at is not None and not found.verdict and found.answer is not None:
        found.verdict = Verdict.WAITING
    return found


def _compared(row: object, state: object, names: tuple[str, ...]) -> Iterator[tuple[str, Any, Any]]:
    for name in names:
        stored, told = getattr(row, name), getattr(state, name)
        if told is not UNKNOWN and stored != told:
            yield name, stored, told
