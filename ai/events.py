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
