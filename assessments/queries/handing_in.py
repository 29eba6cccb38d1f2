"""Whether a version may be handed in now, by dates and by the rule for submitting again."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from assessments.enums import Resubmission


class Refusal(StrEnum):
    """Why not; the words of the API's `code`."""

    NOT_OPEN_YET = "not_open_yet"
    CLOSED = "assignment_closed"
    NO_RESUBMISSION = "no_resubmission"
    NO_VERSIONS_LEFT = "no_versions_left"
    PAST_DUE = "past_due"
    NOT_ASKED = "not_asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The borders of an assignment, for everybody or for its authors; None is no border."""

    opens_at: datetime | None = None
    due_at: datetime | None = None
    cutoff_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handing:
    """How often may be submitted, and what came so far."""

    rule: Resubmission
    times: int
    versions: int
    asked: bool = False


def refusal(now: datetime, window: Window, handing: Handing) -> Refusal | None:
    """Why no version is taken now; None when one is.

    Handing in at the very moment of a border is in time. A revision that staff asked for is taken
    whatever the dates and the rule say.
    """
    if window.opens_at is not None and now < window.opens_at:
        return Refusal.NOT_OPEN_YET
    if handing.versions and handing.asked:
        return None
    if window.cutoff_at is not None and now > window.cutoff_at:
        return Refusal.CLOSED
    return _again(now, window, handing) if handing.versions else None


def _again(now: datetime, window: Window, handing: Handing) -> Refusal | None:
    match handing.rule:
        case Resubmission.NEVER:
            return Refusal.NO_RESUBMISSION
        case Resubmission.TIMES:
            return Refusal.NO_VERSIONS_LEFT if handing.versions >= handing.times else None
        case Resubmission.UNTIL_DUE:
            past = window.due_at is not None and now > window.due_at
            return Refusal.PAST_DUE if past else None
        case Resubmission.WHEN_ASKED:
            return Refusal.NOT_ASKED


def late_by(submitted_at: datetime, due_at: datetime | None) -> timedelta:
    """How long after it was due; zero when in time or never due."""
    if due_at is None:
        return timedelta(0)
    return max(timedelta(0), submitted_at - due_at)


def misses_from(window: Window) -> datetime | None:
    """From when work that has not come is missing for good: the cut-off, or when it was due."""
    return window.cutoff_at or window.due_at
