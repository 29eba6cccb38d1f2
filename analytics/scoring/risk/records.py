"""What a risk model may know: a course's tasks with their dates, and what its people handed in.

Days count from the start of the course, 0 the first; they may be negative and broken.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Task:
    """Something to hand in: due on day `due`, counting with `weight` towards the grade."""

    key: str
    due: float
    weight: float


@dataclass(frozen=True, slots=True)
class Handed:
    """A task handed in on `day`; `score` 0..100 or None, `carried` over from an earlier run."""

    day: float
    score: float | None
    carried: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a course, `days` long; tasks without a date are left out."""

    key: str
    days: float
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A learner of a run: joined on day `joined` (None: unknown), left on `left` (None: stayed).

    `failed` is the outcome, failed or left, None while it is open.
    """

    key: str
    run: Run
    joined: float | None
    left: float | None = None
    handed: Mapping[str, Handed] = field(default_factory=dict)
    failed: bool | None = None

    def present(self, day: float) -> bool:
        """Whether the learner had joined by the day and not left."""
        joined = self.joined is not None and self.joined <= day
        return joined and (self.left is None or self.left > day)
