from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.enums import Resubmission
from assessments.queries.handing_in import (
    Handing,
    Refusal,
    Window,
    late_by,
    misses_from,
    refusal,
)

OPENS = datetime(2026, 3, 1, tzinfo=UTC)
DUE, CUTOFF = OPENS + timedelta(days=7), OPENS + timedelta(days=10)
WINDOW = Window(opens_at=OPENS, due_at=DUE, cutoff_at=CUTOFF)
TICK = timedelta(microseconds=1)
FIRST = Handing(rule=Resubmission.NEVER, times=1, versions=0)


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        (OPENS - TICK, Refusal.NOT_OPEN_YET),
        (OPENS, None),
        (DUE + TICK, None),
        (CUTOFF, None),
        (CUTOFF + TICK, Refusal.CLOSED),
    ],
)
def test_the_first_version_is_taken_from_opening_to_the_cutoff(
    now: datetime, reason: Refusal | None
) -> None:
    assert refusal(now, WINDOW, FIRST) == reason


@pytest.mark.parametrize(
    ("rule", "versions", "now", "reason"),
    [
        (Resubmission.NEVER, 1, OPENS, Refusal.NO_RESUBMISSION),
        (Resubmission.TIMES, 1, DUE + TICK, None),
        (Resubmission.TIMES, 2, OPENS, Refusal.NO_VERSIONS_LEFT),
        (Resubmission.UNTIL_DUE, 5, DUE, None),
        (Resubmission.UNTIL_DUE, 1, DUE + TICK, Refusal.PAST_DUE),
        (Resubmission.WHEN_ASKED, 1, OPENS, Refusal.NOT_ASKED),
        (Resubmission.TIMES, 1, CUTOFF + TICK, Refusal.CLOSED),
    ],
)
def test_another_version_follows_the_rule(
    rule: Resubmission, versions: int, now: datetime, reason: Refusal | None
) -> None:
    handing = Handing(rule=rule, times=2, versions=versions)
    assert refusal(now, WINDOW, handing) == reason


@pytest.mark.parametrize("rule", list(Resubmission))
def test_a_revision_that_was_asked_for_is_always_taken(rule: Resubmission) -> None:
    handing = Handing(rule=rule, times=1, versions=1, asked=True)
    assert refusal(CUTOFF + timedelta(days=99), WINDOW, handing) is None


moments = st.datetimes(datetime(2026, 2, 1), datetime(2026, 4, 1), timezones=st.just(UTC))  # noqa: DTZ001 - Hypothesis adds the zone


@given(moments, st.sampled_from(Resubmission), st.integers(0, 4))
def test_without_borders_only_the_rule_decides(
    now: datetime, rule: Resubmission, versions: int
) -> None:
    reason = refusal(now, Window(), Handing(rule=rule, times=2, versions=versions))
    wanted = {
        Resubmission.NEVER: versions < 1,
        Resubmission.TIMES: versions < 2,
        Resubmission.UNTIL_DUE: True,
        Resubmission.WHEN_ASKED: versions < 1,
    }
    assert (reason is None) == wanted[rule]


@given(moments)
def test_lateness_starts_after_the_due_moment(now: datetime) -> None:
    late = late_by(now, DUE)
    assert late == max(timedelta(0), now - DUE)
    assert late_by(now, None) == timedelta(0)


def test_missing_for_good_from_the_cutoff_or_the_due_date() -> None:
    assert misses_from(WINDOW) == CUTOFF
    assert misses_from(Window(due_at=DUE)) == DUE
    assert misses_from(Window()) is None
