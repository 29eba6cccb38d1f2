"""Recommended next: likeness by hand, the fall-back, and who is never recommended."""

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.scoring.content import Likeness
from analytics.scoring.recommend import (
    Basis,
    Candidate,
    Pair,
    Recommendation,
    reason_words,
    recommend,
    similarities,
)


def test_similarities_are_the_cosine_of_shared_people() -> None:
    enrolments = [(person, 1) for person in range(9)] + [(person, 2) for person in range(5)]
    enrolments += [(person, 3) for person in range(4)] + [(0, 1)]
    assert similarities(enrolments) == [
        Pair(1, 2, 5, pytest.approx(5 / math.sqrt(45))),  # type: ignore[arg-type]
        Pair(2, 1, 5, pytest.approx(5 / math.sqrt(45))),  # type: ignore[arg-type]
    ]


def test_similarities_keep_silent_about_fewer_than_five() -> None:  # V6
    assert similarities([(p, c) for p in range(4) for c in (1, 2)]) == []
    assert len(similarities([(p, c) for p in range(5) for c in (1, 2)])) == 2


def test_recommend_prefers_what_goes_with_mine() -> None:
    found = recommend(
        taken={1},
        pairs=[Pair(1, 2, 6, 0.5), Pair(1, 3, 9, 0.8), Pair(9, 4, 99, 0.99)],
        candidates=[Candidate(2, 10), Candidate(3, 10), Candidate(4, 500), Candidate(1, 9)],
    )
    assert found == [
        Recommendation(3, Basis.TAKEN_TOGETHER, 0.8, 9, 1),
        Recommendation(2, Basis.TAKEN_TOGETHER, 0.5, 6, 1),
        Recommendation(4, Basis.POPULAR, 500.0, 500),
    ]


def test_recommend_names_the_most_alike_course_taken() -> None:
    found = recommend(
        taken={1, 5},
        pairs=[Pair(1, 2, 6, 0.5), Pair(5, 2, 5, 0.7)],
        candidates=[Candidate(2, 10)],
    )
    assert found[0].because == 5


def test_recommend_adds_up_what_speaks_for_a_course() -> None:
    found = recommend(
        taken={1, 5},
        pairs=[
            Pair(1, 2, 6, 0.5, 0.3),
            Pair(5, 2, 5, 0.7, 0.4),
            Pair(1, 3, 9, 0.9, 0.6),
            Pair(1, 4, 9, 0.9, -0.1),  # EASE: nothing speaks for it once the others are known
        ],
        candidates=[Candidate(2, 10), Candidate(3, 10), Candidate(4, 50)],
    )
    assert [(one.course, one.basis) for one in found] == [
        (2, Basis.TAKEN_TOGETHER),
        (3, Basis.TAKEN_TOGETHER),
        (4, Basis.POPULAR),
    ]
    assert found[0].score == pytest.approx(0.7)
    assert (found[0].because, found[0].people) == (5, 5)


def test_recommend_tells_what_is_about_the_same_where_nobody_took_both() -> None:
    found = recommend(
        taken={1, 5},
        pairs=[Pair(1, 2, 6, 0.1)],
        alike=[Likeness(1, 3, 0.3), Likeness(5, 3, 0.4), Likeness(9, 4, 0.9), Likeness(1, 2, 0.9)],
        candidates=[Candidate(2, 1), Candidate(3, 0), Candidate(4, 900)],
    )
    assert found == [
        Recommendation(2, Basis.TAKEN_TOGETHER, 0.1, 6, 1),
        Recommendation(3, Basis.ALIKE, 0.4, 0, 5),
        Recommendation(4, Basis.POPULAR, 900.0, 900),
    ]


def test_recommend_falls_back_to_popularity_then_to_new() -> None:
    found = recommend(
        taken=set(), pairs=[], candidates=[Candidate(7, 4), Candidate(8, 6), Candidate(9, 30)]
    )
    assert [(r.course, r.basis) for r in found] == [
        (9, Basis.POPULAR),
        (8, Basis.POPULAR),
        (7, Basis.NEW),
    ]


def test_recommend_ignores_pairs_of_fewer_than_five() -> None:  # V6
    found = recommend(taken={1}, pairs=[Pair(1, 2, 4, 0.9)], candidates=[Candidate(2, 9)])
    assert found[0].basis is Basis.POPULAR


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (
            Recommendation(2, Basis.TAKEN_TOGETHER, 0.5, 6, 1),
            "6 people who took “Botany” took this too.",
        ),
        (Recommendation(2, Basis.ALIKE, 0.4, 0, 1), "About the same as “Botany”, which you took."),
        (Recommendation(2, Basis.POPULAR, 42, 42), "Popular here: 42 people are enrolled."),
        (Recommendation(2, Basis.NEW, 0, 0), "New here, and open to you."),
    ],
)
def test_reason_is_said_in_words(found: Recommendation, words: str) -> None:
    assert reason_words(found, {1: "Botany"}) == words


IDS = st.integers(1, 12)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    taken=st.frozensets(IDS),
    pairs=st.lists(st.builds(Pair, IDS, IDS, st.integers(0, 20), st.floats(0, 1))),
    alike=st.lists(st.builds(Likeness, IDS, IDS, st.floats(0, 1))),
    candidates=st.lists(
        st.builds(Candidate, IDS, st.integers(0, 99)), unique_by=lambda c: c.course
    ),
    limit=st.integers(-1, 5),
)
def test_recommend_stays_within_the_candidates(
    taken: frozenset[int],
    pairs: list[Pair],
    alike: list[Likeness],
    candidates: list[Candidate],
    limit: int,
) -> None:
    found = recommend(taken=taken, pairs=pairs, alike=alike, candidates=candidates, limit=limit)
    ids = [r.course for r in found]
    assert len(ids) == len(set(ids)) <= max(limit, 0)
    assert set(ids) <= {c.course for c in candidates} - taken
    named = {Basis.TAKEN_TOGETHER, Basis.ALIKE}
    assert all((r.because in taken) == (r.basis in named) for r in found)
