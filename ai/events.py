"""What happens in the AI app."""

from dataclasses import dataclass

from lms.kernel.events import Event, event


@event("ai.draft_accepted")
@dataclass(frozen=True, kw_only=True)
class DraftAccepted(Event):
    """A person took a generated question into the bank."""

    draft_id: int
    question_id: int


@event("ai.draft_rejected")
@dataclass(frozen=True, kw_only=True)
class DraftRejected(Event):
    """A person turned a generated question down."""

    draft_id: int


@event("ai.budget_reached")
@dataclass(frozen=True, kw_only=True)
class BudgetReached(Event):
    """A budget passed a share of its cap (80 or 100 percent), once per window and level.

    `scope` is person, role, course or site, `starts` the first day of the window.
    """

    scope: str
    period: str
    percent: int
    starts: str
    person_id: int | None = None


@event("ai.switched")
@dataclass(frozen=True, kw_only=True)
class AiSwitched(Event):
    """AI was turned off or on again for a site, a course or a person."""

    scope: str
    off: bool
    person_id: int | None = None


@event("ai.consent_changed")
@dataclass(frozen=True, kw_only=True)
class ConsentChanged(Event):
    """Somebody agreed to talk to an AI, or took it back."""

    person_id: int
    given: bool


@event("ai.piece_accepted")
@dataclass(frozen=True, kw_only=True)
class PieceAccepted(Event):
    """A person took generated material into a lesson, or an outline into the course."""

    piece_id: int
    lesson_id: int | None = None


@event("ai.piece_rejected")
@dataclass(frozen=True, kw_only=True)
class PieceRejected(Event):
    """A person turned generated material down."""

    piece_id: int


@event("ai.piece_undone")
@dataclass(frozen=True, kw_only=True)
class PieceUndone(Event):
    """A person took accepted material out again."""

    piece_id: int


@event("ai.dependent_confirmed")
@dataclass(frozen=True, kw_only=True)
class DependentConfirmed(Event):
    """A person found that material still holds although its source was edited."""

    draft_id: int | None = None
    piece_id: int | None = None
