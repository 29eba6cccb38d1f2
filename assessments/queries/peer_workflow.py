"""The phases of a peer review and what is allowed in each. Pure."""

from assessments.enums import PeerPhase

NEXT = {
    PeerPhase.SETUP: PeerPhase.SUBMISSION,
    PeerPhase.SUBMISSION: PeerPhase.ALLOCATION,
    PeerPhase.ALLOCATION: PeerPhase.REVIEW,
    PeerPhase.REVIEW: PeerPhase.CLOSED,
}
BACK = {
    PeerPhase.SUBMISSION: PeerPhase.SETUP,
    PeerPhase.ALLOCATION: PeerPhase.SUBMISSION,
}


def may_move(now: PeerPhase, to: PeerPhase, *, reviews: int) -> bool:
    """Whether a peer review may go from one phase to another.

    One step forward at any time; one step back only while nobody has written a review, so that no
    review is ever lost.
    """
    if NEXT.get(now) == to:
        return True
    return BACK.get(now) == to and not reviews


def may_review(now: PeerPhase) -> bool:
    """Whether reviews are written now."""
    return now == PeerPhase.REVIEW


def may_appeal(now: PeerPhase) -> bool:
    """Whether authors may object: once the reviews are closed."""
    return now == PeerPhase.CLOSED
