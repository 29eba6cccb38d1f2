"""An attempt from its log alone: what its steps add up to, without looking at any table.

`replay` folds the steps in the order in which they were written. What a log does not say, because
it was written before logs said it, stays UNKNOWN, and nobody compares it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from assessments.enums import StepKind
from assessments.scoring.lateness import taken_off
from assessments.scoring.score import total

UNKNOWN: Final = object()


@dataclass(frozen=True, slots=True)
class Logged:
    """One step: `question` is the key of its question, None for the whole attempt."""

    kind: StepKind
    question: int | None
    seq: int
    data: Mapping[str, Any]
    at: datetime


@dataclass(slots=True)
class PartState:
    """A question as its steps leave it."""

    seq: int = 0
    answer: Any = None
    certainty: int | None = None
    answered_at: datetime | None = None
    flagged: bool = False
    tries: int = 0
    final: bool = False
    score: Decimal | None = None
    verdict: Any = ""
    overridden: bool = False
    comment: str = ""


@dataclass(slots=True)
class AttemptState:
    """A whole attempt as its steps leave it, with its questions by key."""

    deadline: Any = UNKNOWN
    max_score: Any = UNKNOWN
    paused_at: datetime | None = None
    page: int = 1
    break_used: int = 0
    submitted_at: Any = None
    closed_by_clock: bool = False
    late_percent: Any = Decimal(0)
    override: Decimal | None = None
    scored: bool = False
    parts: dict[int, PartState] = field(default_factory=dict)

    @property
    def deducted(self) -> Any:
        """The points that lateness takes off the sum."""
        if UNKNOWN in (self.late_percent, self.max_score):
            return UNKNOWN
        if not self.scored:
            return Decimal(0)
        return taken_off(self._sum, self.max_score, self.late_percent)

    @property
    def score(self) -> Any:
        """What the attempt is worth; None before all of it has a score."""
        if not self.scored:
            return None
        if self.override is not None:
            return self.override
        return UNKNOWN if self.deducted is UNKNOWN else self._sum - self.deducted

    @property
    def _sum(self) -> Decimal:
        scores = (part.score for part in self.parts.values())
        return max(total(score for score in scores if score is not None), Decimal(0))


def replay(steps: Iterable[Logged]) -> AttemptState:
    """The attempt that its steps, the oldest first, add up to."""
    state = AttemptState()
    for step in steps:
        if step.question is None:
            WHOLE[step.kind](state, step)
            continue
        part = state.parts.setdefault(step.question, PartState())
        part.seq = step.seq
        PART[step.kind](part, step)
        if step.kind == StepKind.OVERRIDDEN:
            state.override = None  # a question's score by hand takes that of the whole back
    return state


def _started(state: AttemptState, step: Logged) -> None:
    if "deadline" in step.data:
        state.deadline = _moment(step.data["deadline"])
        state.max_score = Decimal(step.data["max_score"])


def _extended(state: AttemptState, step: Logged) -> None:
    state.deadline = _moment(step.data["deadline"])


def _paused(state: AttemptState, step: Logged) -> None:
    state.paused_at = step.at


def _moved(state: AttemptState, step: Logged) -> None:
    state.page = int(step.data["page"])


def _resumed(state: AttemptState, step: Logged) -> None:
    state.paused_at = None
    state.break_used += int(step.data["seconds"])
    state.deadline = _moment(step.data["deadline"])


def _submitted(state: AttemptState, step: Logged) -> None:
    at = step.data.get("submitted_at")
    state.submitted_at = UNKNOWN if at is None else _moment(at)
    state.closed_by_clock = bool(step.data["by_clock"])
    late = step.data.get("late_percent")
    state.late_percent = UNKNOWN if late is None else Decimal(late)


def _summed(state: AttemptState, _step: Logged) -> None:
    state.scored = True


def _overridden(state: AttemptState, step: Logged) -> None:
    state.override = Decimal(step.data["after"])


def _answered(part: PartState, step: Logged) -> None:
    part.answer, part.certainty = step.data["answer"], step.data.get("certainty")
    part.answered_at = step.at


def _checked(part: PartState, step: Logged) -> None:
    part.answer, part.answered_at = step.data["answer"], step.at
    part.tries, part.final = int(step.data["tries"]), bool(step.data["final"])


def _flagged(part: PartState, step: Logged) -> None:
    part.flagged = bool(step.data["flagged"])


def _scored(part: PartState, step: Logged) -> None:
    part.score, part.verdict = Decimal(step.data["score"]), step.data["verdict"]


def _rescored(part: PartState, step: Logged) -> None:
    after = step.data["after"]
    part.score = None if after is None else Decimal(after)
    part.verdict = step.data.get("verdict", UNKNOWN)


def _by_hand(part: PartState, step: Logged) -> None:
    _rescored(part, step)
    part.overridden = True


def _marked(part: PartState, step: Logged) -> None:
    _rescored(part, step)
    part.comment = step.data["comment"]


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


WHOLE: Final[Mapping[str, Callable[[AttemptState, Logged], None]]] = {
    StepKind.STARTED: _started,
    StepKind.EXTENDED: _extended,
    StepKind.MOVED: _moved,
    StepKind.PAUSED: _paused,
    StepKind.RESUMED: _resumed,
    StepKind.SUBMITTED: _submitted,
    StepKind.SCORED: _summed,
    StepKind.OVERRIDDEN: _overridden,
}
PART: Final[Mapping[str, Callable[[PartState, Logged], None]]] = {
    StepKind.ANSWER_SAVED: _answered,
    StepKind.CHECKED: _checked,
    StepKind.FLAGGED: _flagged,
    StepKind.SCORED: _scored,
    StepKind.REGRADED: _rescored,
    StepKind.OVERRIDDEN: _by_hand,
    StepKind.MARKED: _marked,
}
