"""Draws against brute force: the best choice, whether it can be made, what is missing."""

from collections.abc import Sequence
from itertools import combinations
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from assessments.enums import Layout
from assessments.scoring.pages import page_numbers
from assessments.scoring.selection import Draw, Shortage, pick, ranked, shortages

QUESTIONS = st.integers(0, 6)
DRAWS = st.lists(
    st.builds(Draw, count=st.integers(1, 3), pool=st.frozensets(QUESTIONS, max_size=6)),
    min_size=1,
    max_size=3,
)


def pool_of(draws: Sequence[Draw]) -> frozenset[int]:
    return frozenset().union(*(draw.pool for draw in draws))


def can_fill(draws: Sequence[Draw], given_out: frozenset[int]) -> bool:
    """Whether these questions, all of them, can be dealt out; by trying every way."""
    if not draws:
        return not given_out
    first, rest = draws[0], draws[1:]
    fitting = sorted(first.pool & given_out)
    return any(
        can_fill(rest, given_out - set(taken))
        for size in range(min(first.count, len(fitting)) + 1)
        for taken in combinations(fitting, size)
    )


def most(draws: Sequence[Draw]) -> int:
    """The largest number of questions that can be dealt out."""
    pool = pool_of(draws)
    return max(
        size
        for size in range(len(pool) + 1)
        for some in combinations(sorted(pool), size)
        if can_fill(draws, frozenset(some))
    )


@given(DRAWS, st.randoms(use_true_random=False))
def test_pick_fills_every_draw_whenever_some_choice_does(draws: list[Draw], random: Random) -> None:
    order = sorted(pool_of(draws))
    random.shuffle(order)
    found = pick(draws, order)
    wanted = sum(draw.count for draw in draws)
    assert (found is not None) == (most(draws) == wanted)
    if found is not None:
        assert [len(one) for one in found] == [draw.count for draw in draws]
        assert all(set(one) <= draw.pool for one, draw in zip(found, draws, strict=True))
        given_out = [question for one in found for question in one]
        assert len(given_out) == len(set(given_out))


@given(DRAWS, st.randoms(use_true_random=False))
def test_pick_gives_out_the_most_preferred_questions(draws: list[Draw], random: Random) -> None:
    order = sorted(pool_of(draws))
    random.shuffle(order)
    found = pick(draws, order)
    if found is None:
        return
    wanted = sum(draw.count for draw in draws)
    best = min(
        sorted(order.index(one) for one in some)
        for some in combinations(order, wanted)
        if can_fill(draws, frozenset(some))
    )
    assert sorted(order.index(one) for row in found for one in row) == best


@given(DRAWS)
def test_as_many_are_missing_as_the_best_choice_leaves_open(draws: list[Draw]) -> None:
    wanted = sum(draw.count for draw in draws)
    assert sum(one.missing for one in shortages(draws)) == wanted - most(draws)


@given(DRAWS)
def test_a_shortage_comes_from_the_draws_it_names(draws: list[Draw]) -> None:
    """Hall: a draw and its rivals together want more than all that fits them."""
    for one in shortages(draws):
        group = [draws[place] for place in (one.place, *one.rivals)]
        assert sum(draw.count for draw in group) > len(pool_of(group))
        assert one.matching == len(draws[one.place].pool)


@given(DRAWS)
def test_earlier_draws_are_served_first(draws: list[Draw]) -> None:
    missing = {one.place: one.missing for one in shortages(draws)}
    for place in range(len(draws)):
        before = sum(missing.get(earlier, 0) for earlier in range(place + 1))
        some = draws[: place + 1]
        assert before == sum(draw.count for draw in some) - most(some)


def test_shortages_say_who_wants_the_same() -> None:
    small, large = frozenset({1, 2}), frozenset({1, 2, 3})
    assert shortages([Draw(2, small), Draw(2, large)]) == [Shortage(1, 1, 3, (0,))]
    assert shortages([Draw(2, large), Draw(1, small)]) == []
    assert shortages([Draw(3, small)]) == [Shortage(0, 1, 2, ())]
    assert shortages([]) == []


@given(
    st.frozensets(st.integers(0, 20)),
    st.dictionaries(st.integers(0, 20), st.integers(0, 3)),
    st.frozensets(st.integers(0, 20)),
    st.randoms(use_true_random=False),
)
def test_ranked_puts_unseen_and_little_used_questions_first(
    pool: frozenset[int], used: dict[int, int], seen: frozenset[int], random: Random
) -> None:
    order = ranked(pool, used=used, seen=seen, random=random)
    assert sorted(order) == sorted(pool)
    keys = [(one in seen, used.get(one, 0)) for one in order]
    assert keys == sorted(keys)


def test_drawing_again_and_again_uses_each_question_equally_often() -> None:
    draws = [Draw(3, frozenset(range(10))), Draw(2, frozenset(range(5, 15)))]
    used: dict[int, int] = {}
    random = Random(7)
    for _learner in range(300):
        order = ranked(range(15), used=used, seen=(), random=random)
        for one in [question for row in pick(draws, order) or [] for question in row]:
            used[one] = used.get(one, 0) + 1
    assert sum(used.values()) == 1500
    assert {min(used.values()), max(used.values())} <= {99, 100, 101}


def test_pages_follow_the_layout() -> None:
    sections = ["a", "a", "b", "c", "c"]
    assert page_numbers(sections, Layout.ALL) == [1, 1, 1, 1, 1]
    assert page_numbers(sections, Layout.SECTION) == [1, 1, 2, 3, 3]
    assert page_numbers(sections, Layout.QUESTION) == [1, 2, 3, 4, 5]
    assert [page_numbers([], layout) for layout in Layout] == [[], [], []]
