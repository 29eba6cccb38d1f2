"""When a card comes back: the published figures of FSRS-6, and what must hold for any ratings."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from analytics.scoring.spacing import Memory, Recall, interval_words, intervals, rated

START = datetime(2026, 1, 5, 9, tzinfo=UTC)


def test_the_published_vector_of_fsrs_6() -> None:
    """Six ratings, each so many days after the last one."""
    memory: Memory | None = None
    at = START
    for days, rating in zip((0, 0, 1, 3, 8, 21), (1, 3, 3, 3, 3, 3), strict=True):
        at += timedelta(days=days)
        memory = rated(memory, Recall(rating), at)
    assert memory is not None
    assert (round(memory.stability, 4), round(memory.difficulty, 4)) == (53.6269, 6.3575)


def test_new_cards_go_through_steps_of_minutes() -> None:
    memory = rated(None, Recall.AGAIN, START)
    assert (memory.in_steps, memory.due - START) == (True, timedelta(minutes=1))
    assert not rated(None, Recall.EASY, START).in_steps


@given(st.lists(st.tuples(st.sampled_from(list(Recall)), st.integers(0, 400)), max_size=12))
def test_better_recall_never_comes_back_sooner(history: list[tuple[Recall, int]]) -> None:
    memory: Memory | None = None
    at = START
    for recall, days in history:
        at += timedelta(days=days)
        memory = rated(memory, recall, at)
        assert 1 <= memory.difficulty <= 10
        assert memory.due > at
    found = intervals(memory, at)
    in_order = [found[recall] for recall in Recall]
    assert in_order == sorted(in_order)


def test_a_rating_at_an_earlier_moment_counts_as_of_the_last() -> None:
    """Two servers' clocks may part by a little."""
    first = rated(None, Recall.EASY, START)
    assert rated(first, Recall.GOOD, START - timedelta(seconds=2)).last_review == START


def test_intervals_in_words() -> None:
    words = [
        interval_words(timedelta(**one))
        for one in ({"minutes": 1}, {"minutes": 600}, {"days": 1}, {"days": 24}, {"days": 152})
    ]
    assert words == ["1 min", "10 h", "1 day", "24 days", "5 months"]
