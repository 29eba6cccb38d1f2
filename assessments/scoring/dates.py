"""When somebody may take a quiz or hand work in, and when an attempt ends: arithmetic of dates.

One function resolves them: what was set for the person stands over what was set for their groups,
of several groups the most generous one counts, and that stands over what holds for everybody; then
the person's accommodation is added, which never takes anything away.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, Decimal

NO_FACTOR = Decimal(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """The borders of a quiz or an assignment, for everybody or for one person; None is no border.

    `limit_seconds` is the time from the start of an attempt. What is handed in after `due_at` is
    late, after `closes_at` nothing is.
    """

    opens_at: datetime | None = None
    due_at: datetime | None = None
    closes_at: datetime | None = None
    limit_seconds: int | None = None
    attempts_allowed: int | None = None

    @property
    def is_narrow(self) -> bool:
        """Whether even who starts at once gets less than the time limit before it closes."""
        if self.opens_at is None or self.closes_at is None or self.limit_seconds is None:
            return False
        return self.closes_at - self.opens_at < timedelta(seconds=self.limit_seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Other borders for a person or a group; None leaves what holds otherwise."""

    opens_at: datetime | None = None
    due_at: datetime | None = None
    closes_at: datetime | None = None
    limit_seconds: int | None = None
    attempts_allowed: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Relief:
    """What a person gets everywhere: times the usual time, days later, minutes earlier.

    `break_minutes` stop the clock of an attempt; they move no date.
    """

    time_factor: Decimal = NO_FACTOR
    extra_days: int = 0
    early_minutes: int = 0
    break_minutes: int = 0


NO_RELIEF = Relief()


@dataclass(frozen=True, slots=True)
class Deadline:
    """When an attempt ends. `clipped` tells that the closing date cuts its time limit short."""

    at: datetime | None
    clipped: bool = False


def effective_dates(
    everybody: Dates,
    *,
    groups: Sequence[Change] = (),
    person: Change | None = None,
    relief: Relief = NO_RELIEF,
) -> Dates:
    """The dates of one person.

    Field by field: the person's change, else the most generous of their groups' (the earliest
    opening, the latest of everything else, the longest limit, the most attempts), else what holds
    for everybody. Then the limit grows by the factor, up to whole seconds, and the due and the
    closing date move by what it grew, so that starting as late as everybody else costs no extra
    time: with factor 1.5, a quiz of 60 minutes that closes in 60 minutes gives 90. Extra days
    move the due and the closing date, early minutes the opening.
    """
    return _relieved(_changed(_changed(everybody, _best(groups)), person or Change()), relief)


def together(several: Sequence[Dates]) -> Dates:
    """The dates of people who hand in one work: whoever has most time decides, border by border.

    No border is the most generous one. Raises ValueError without anybody.
    """
    if not several:
        raise ValueError("nobody's dates")
    return Dates(
        opens_at=_widest([one.opens_at for one in several], earliest=True),
        due_at=_widest([one.due_at for one in several]),
        closes_at=_widest([one.closes_at for one in several]),
        limit_seconds=_largest([one.limit_seconds for one in several]),
        attempts_allowed=_largest([one.attempts_allowed for one in several]),
    )


def deadline_of(started_at: datetime, dates: Dates, break_used: int = 0) -> Deadline:
    """When time is up, fixed at the start: the limit or the closing date, whichever is first.

    Seconds for which the clock was stopped come on top.
    """
    stopped = timedelta(seconds=break_used)
    closes = _moved(dates.closes_at, stopped)
    if dates.limit_seconds is None:
        return Deadline(closes)
    at = started_at + timedelta(seconds=dates.limit_seconds) + stopped
    if closes is not None and closes < at:
        return Deadline(closes, clipped=True)
    return Deadline(at)


def _widest(dates: Sequence[datetime | None], *, earliest: bool = False) -> datetime | None:
    known = _given(dates)
    if len(known) < len(dates):
        return None
    return min(known) if earliest else max(known)


def _largest(numbers: Sequence[int | None]) -> int | None:
    known = _numbers(numbers)
    return max(known) if len(known) == len(numbers) else None


def _best(groups: Sequence[Change]) -> Change:
    return Change(
        opens_at=min(_given(one.opens_at for one in groups), default=None),
        due_at=max(_given(one.due_at for one in groups), default=None),
        closes_at=max(_given(one.closes_at for one in groups), default=None),
        limit_seconds=max(_numbers(one.limit_seconds for one in groups), default=None),
        attempts_allowed=max(_numbers(one.attempts_allowed for one in groups), default=None),
    )


def _given(dates: Iterable[datetime | None]) -> list[datetime]:
    return [date for date in dates if date is not None]


def _numbers(numbers: Iterable[int | None]) -> list[int]:
    return [number for number in numbers if number is not None]


def _changed(dates: Dates, change: Change) -> Dates:
    return Dates(
        opens_at=change.opens_at or dates.opens_at,
        due_at=change.due_at or dates.due_at,
        closes_at=change.closes_at or dates.closes_at,
        limit_seconds=change.limit_seconds or dates.limit_seconds,
        attempts_allowed=change.attempts_allowed or dates.attempts_allowed,
    )


def _relieved(dates: Dates, relief: Relief) -> Dates:
    limit = dates.limit_seconds
    longer = limit
    if limit is not None and relief.time_factor > NO_FACTOR:
        longer = int((limit * relief.time_factor).to_integral_value(rounding=ROUND_CEILING))
    later = timedelta(days=relief.extra_days, seconds=(longer or 0) - (limit or 0))
    return replace(
        dates,
        opens_at=_moved(dates.opens_at, -timedelta(minutes=relief.early_minutes)),
        due_at=_moved(dates.due_at, later),
        closes_at=_moved(dates.closes_at, later),
        limit_seconds=longer,
    )


def _moved(date: datetime | None, by: timedelta) -> datetime | None:
    return None if date is None else date + by
