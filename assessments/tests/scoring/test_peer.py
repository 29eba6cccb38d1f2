from collections import Counter
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.enums import PeerPhase
from assessments.queries.peer_workflow import may_move
from assessments.scoring.peer_allocation import Work, allocate, top_up
from assessments.scoring.peer_score import PeerScore, peer_mark, peer_words, weight_of

sizes = st.lists(st.integers(1, 4), min_size=2, max_size=8)
seeds = st.integers(0, 2**32)


def works_of(sizes: list[int]) -> list[Work]:
    people = iter(range(sum(sizes)))
    return [
        Work(100 + key, frozenset(next(people) for _one in range(size)))
        for key, size in enumerate(sizes)
    ]


def check(works: list[Work], pairs: list[tuple[int, int]], k: int) -> None:
    authors = {work.key: work.authors for work in works}
    people = set().union(*authors.values())
    load, reviews = Counter(who for who, _ in pairs), Counter(key for _, key in pairs)
    assert len(set(pairs)) == len(pairs)
    assert all(who not in authors[key] for who, key in pairs)
    assert all(load[who] >= min(k, len(works) - 1) for who in people)
    for work in works:
        assert reviews[work.key] >= min(k, len(people) - len(work.authors))


@settings(max_examples=60)
@given(sizes, st.integers(1, 5), seeds)
def test_nobody_is_starved_and_nobody_meets_their_own(sizes: list[int], k: int, seed: int) -> None:
    works = works_of(sizes)
    pairs = allocate(works, k, Random(seed))
    check(works, pairs, k)
    load = Counter(who for who, _ in pairs)
    assert set(load.values()) == {min(k, len(works) - 1)}
    if max(sizes) == 1:
        assert set(Counter(key for _, key in pairs).values()) == {min(k, len(works) - 1)}


@settings(max_examples=40)
@given(sizes, st.integers(1, 3), st.integers(1, 3), seeds)
def test_late_work_and_people_who_left_are_topped_up(
    sizes: list[int], late: int, k: int, seed: int
) -> None:
    works, random = works_of([*sizes, *[1] * late]), Random(seed)
    early = works[: len(sizes)]
    known = allocate(early, k, random)
    gone = random.choice(sorted(early[0].authors))
    there = [Work(work.key, work.authors - {gone}) for work in works]
    there = [work for work in there if work.authors] + [work for work in there if not work.authors]
    kept = [pair for pair in known if pair[0] != gone]
    more = top_up(there, k, kept, random)
    assert not set(more) & set(kept)
    check(there, kept + more, k)


def test_the_same_seed_gives_the_same_pairs() -> None:
    works = works_of([1, 2, 3, 1])
    assert allocate(works, 2, Random(5)) == allocate(works, 2, Random(5))


def test_a_hundred_works_are_given_out_evenly() -> None:
    pairs = allocate(works_of([1] * 100), 3, Random(1))
    assert len(pairs) == 300
    assert set(Counter(key for _, key in pairs).values()) == {3}


@pytest.mark.parametrize(
    ("errors", "weight"),
    [([], "1"), (["0"], "1"), (["0.1", "0.3"], "0.60"), (["0.5"], "0.1"), (["1"], "0.1")],
)
def test_a_word_counts_by_how_close_it_was(errors: list[str], weight: str) -> None:
    assert weight_of([Decimal(one) for one in errors]) == Decimal(weight)


def test_the_mean_is_weighted_and_told() -> None:
    scores = [PeerScore(Decimal(70)), PeerScore(Decimal(100), Decimal("0.5"))]
    assert peer_mark(scores) == 80
    assert peer_words(scores) == (
        "Reviews by peers: 70 (\u00d7 1), 100 (\u00d7 0.5); their weighted mean is 80."
    )
    assert (peer_mark([]), peer_words([])) == (None, "")


reviewed = st.lists(
    st.builds(PeerScore, st.decimals(0, 50, places=4), st.decimals("0.1", 1, places=2)),
    min_size=1,
    max_size=6,
)


@given(reviewed)
def test_the_mean_lies_between_the_scores(scores: list[PeerScore]) -> None:
    mark = peer_mark(scores)
    assert mark is not None
    assert min(one.score for one in scores) <= mark <= max(one.score for one in scores)


def test_phases_follow_each_other_and_no_review_is_lost() -> None:
    order = list(PeerPhase)
    for at, now in enumerate(order):
        for to in order:
            forward = order.index(to) == at + 1
            back = order.index(to) == at - 1 and at in {1, 2}
            assert may_move(now, to, reviews=0) == (forward or back)
            assert may_move(now, to, reviews=1) == forward
