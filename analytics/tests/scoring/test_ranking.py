"""Ranking of courses: figures by hand, and planted tastes that the models must find."""

import math

import numpy as np
import pytest

from analytics.scoring.ranking import (
    MODELS,
    Taken,
    chosen_weights,
    ease,
    ranking_report,
    weights_of,
)
from lms.kernel.errors import Invalid


def planted(learners: int, seed: int) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Learners of three tastes take four of ten courses of theirs and one of the others."""
    rng = np.random.default_rng(seed)
    train, test = [], []
    for who in range(learners):
        taste = who % 3
        chosen = rng.choice(10, 4, replace=False)
        own = [(f"l{who}", f"t{taste}c{one}") for one in chosen]
        train += [*own[:3], (f"l{who}", f"t{(taste + 1) % 3}c{rng.integers(10)}")]
        test.append(own[3])
    return train, test


def test_figures_of_a_ranking_by_hand() -> None:
    # Six learners took a and b, one also c: for who took a, b is first and c second.
    train = [(f"l{n}", course) for n in range(6) for course in ("a", "b")]
    train += [("l0", "c"), ("new", "a")]
    report = ranking_report(train, [("new", "b"), ("new", "c"), ("new", "zzz")])
    assert (report["learners"], report["unknown_courses"]) == (1, 1)
    for name in MODELS:
        found = report["models"][name]
        assert found["recall_at_10"] == 1.0
        assert found["ndcg_at_10"] == pytest.approx(1.0)
    assert report["models"]["popular"]["coverage_at_10"] == pytest.approx(2 / 3)


def test_ndcg_of_a_second_place_is_its_discount() -> None:
    train = [(f"l{n}", course) for n in range(6) for course in ("a", "b")]
    train += [("l0", "c"), ("new", "a")]
    report = ranking_report(train, [("new", "c")])
    assert report["models"]["popular"]["ndcg_at_10"] == pytest.approx(1 / math.log2(3))


def test_ease_is_the_constrained_least_squares_solution() -> None:
    train, _test = planted(60, 1)
    taken = Taken.of(train)
    rows = taken.dense(list(taken.by))
    weights = ease(taken.together(), 10.0)
    assert np.diag(weights) == pytest.approx(0.0)
    # Each column solved by itself over the other courses.
    for at in (0, 7):
        others = [one for one in range(rows.shape[1]) if one != at]
        part = rows[:, others]
        solved = np.linalg.solve(part.T @ part + 10.0 * np.eye(len(others)), part.T @ rows[:, at])
        assert weights[others, at] == pytest.approx(solved, abs=1e-9)


def test_planted_tastes_are_found_far_above_popularity() -> None:
    train, test = planted(600, 2)
    models = ranking_report(train, test)["models"]
    # The course of another taste draws `item_best` away, as one likeness decides there.
    for name, least in (("item_best", 0.75), ("item", 0.9), ("ease", 0.9)):
        assert models[name]["recall_at_10"] > least, name
    assert models["popular"]["recall_at_10"] < 0.5
    # Seven courses of the own taste are left to guess from: at best 1 in 7 comes first.
    assert models["ease"]["ndcg_at_10"] > 0.45
    assert models["ease"]["penalty"] in {1.0, 10.0, 50.0, 200.0, 1000.0}


def test_courses_taken_are_never_ranked_and_newcomers_get_popular_ones() -> None:
    train = [("a", "one"), ("b", "one"), ("b", "two")]
    report = ranking_report(train, [("a", "one"), ("a", "two"), ("new", "one")])
    assert (report["learners"], report["new_learners"]) == (2, 1)
    assert report["models"]["ease"]["recall_at_10"] == 1.0


def test_pairs_of_fewer_than_five_people_have_no_likeness() -> None:
    taken = Taken.of([(f"l{n}", course) for n in range(4) for course in ("a", "b")])
    weights, _extra = weights_of("item", taken)
    assert weights is not None
    assert weights.sum() == 0


def series(learners: int) -> list[tuple[str, str]]:
    """Part two follows part one of a series of one's taste, and most take some large courses."""
    rng = np.random.default_rng(1)
    pairs = []
    for who in range(learners):
        taste, first, other = who % 6, int(rng.integers(4)), int(rng.integers(4))
        large = [f"large{one}" for one in range(3) if rng.random() < 0.7]
        own = [f"s{taste}-{first}a", f"s{taste}-{first}b", f"s{taste}-{other}a"]
        pairs += [(f"l{who}", course) for course in (*large, *own)]
    return pairs


def test_model_that_ranks_hidden_courses_better_is_chosen() -> None:
    # Large courses go with everything, which draws the cosines and not EASE.
    taken = Taken.of(series(600))
    name, weights = chosen_weights(taken)
    assert name == "ease"
    other, _extra = weights_of("ease", taken)
    assert other is not None
    assert np.allclose(weights, other)
    few = Taken.of(series(40))
    name, weights = chosen_weights(few)
    assert name == "item"
    other, _extra = weights_of("item", few)
    assert other is not None
    assert np.allclose(weights, other)


def test_nothing_to_rank_is_said_in_words() -> None:
    with pytest.raises(Invalid, match="No learner of the test took a course"):
        ranking_report([("a", "one")], [("a", "one"), ("b", "two")])
