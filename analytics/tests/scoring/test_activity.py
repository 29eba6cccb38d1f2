"""What each event adds to the figures."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.scoring.activity import PERSON_FIELD, Effect, effect_of, share_of


@pytest.mark.parametrize(
    ("kind", "data", "effect"),
    [
        ("courses.lesson_viewed", {"learner_id": 7, "seconds": 45}, Effect(7, seconds=45)),
        ("courses.lesson_viewed", {"learner_id": 7, "seconds": -3}, Effect(7)),
        ("courses.lesson_viewed", {"learner_id": 7, "seconds": 10**9}, Effect(7, seconds=86_400)),
        ("courses.lesson_viewed", {"learner_id": 7, "seconds": "45"}, Effect(7)),
        ("courses.lesson_completed", {"learner_id": 7}, Effect(7, lessons_completed=1)),
        ("assessments.attempt_started", {"learner_id": 7}, Effect(7, attempts_started=1)),
        (
            "assessments.attempt_submitted",
            {"learner_id": 7, "by_clock": False},
            Effect(7, attempts_submitted=1),
        ),
        (
            "assessments.attempt_submitted",
            {"learner_id": 7, "by_clock": True},
            Effect(7, attempts_submitted=1, active=False),
        ),
        (
            "assessments.grade_changed",
            {"learner_id": 7, "before": None, "after": "3", "max_score": "4"},
            Effect(7, score=Decimal("0.75"), scored=1, active=False),
        ),
        (
            "assessments.grade_changed",
            {"learner_id": 7, "before": "3", "after": "1", "max_score": "4"},
            Effect(7, score=Decimal("-0.5"), active=False),
        ),
        ("realtime.message_sent", {"sender_id": 7}, Effect(7, messages=1)),
        ("realtime.message_sent", {"learner_id": 7}, None),
        ("realtime.thread_started", {"author_id": 7, "thread_id": 1}, Effect(7, messages=1)),
        ("realtime.post_written", {"author_id": 7, "post_id": 1}, Effect(7, messages=1)),
        ("courses.course_published", {"learner_id": 7}, None),
        ("courses.lesson_completed", {"learner_id": None}, None),
        ("courses.lesson_completed", {"learner_id": True}, None),
        ("courses.lesson_completed", {}, None),
    ],
)
def test_effect_of_each_kind(kind: str, data: dict[str, Any], effect: Effect | None) -> None:
    assert effect_of(kind, data) == effect


@pytest.mark.parametrize(
    ("score", "full", "share"),
    [
        ("3", "4", Decimal("0.75")),
        ("1", "3", Decimal("0.333333")),
        ("5", "4", Decimal(1)),
        ("-1", "4", Decimal(0)),
        ("0.0000", "4.0000", Decimal(0)),
        ("1", "0", None),
        (None, "4", None),
        ("1", None, None),
        ("many", "4", None),
        ("NaN", "4", None),
        ("1", "Infinity", None),
    ],
)
def test_share_is_exact_to_six_digits(score: object, full: object, share: Decimal | None) -> None:
    assert share_of(score, full) == share


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    kind=st.sampled_from(sorted(PERSON_FIELD)),
    data=st.dictionaries(
        st.sampled_from(["learner_id", "sender_id", "seconds", "before", "after", "max_score"]),
        st.one_of(st.none(), st.integers(), st.text(max_size=5), st.booleans(), st.floats()),
    ),
)
def test_effect_never_raises_and_never_grows_without_bound(kind: str, data: dict[str, Any]) -> None:
    effect = effect_of(kind, data)
    if effect is not None:
        assert 0 <= effect.seconds <= 86_400
        assert -1 <= effect.score <= 1
        assert effect.scored in {-1, 0, 1}
