"""What analytics tells."""

from dataclasses import dataclass

from lms.kernel.events import Event, event


@event("analytics.statements_received")
@dataclass(frozen=True, kw_only=True)
class StatementsReceived(Event):
    """A client told of acts of a learner on one day (UTC); `latest` is the last one's time, ISO."""

    learner_id: int
    statements: int
    latest: str
