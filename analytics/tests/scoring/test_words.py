"""Figures in words."""

import pytest

from analytics.scoring.words import correlation_words, p_words


@pytest.mark.parametrize(
    ("p", "words"),
    [(0.0, "p < 0.001"), (0.00099, "p < 0.001"), (0.001, "p = 0.001"), (0.0316, "p = 0.032")],
)
def test_p_is_told_to_three_digits(p: float, words: str) -> None:
    assert p_words(p) == words


@pytest.mark.parametrize(
    ("r", "strength"),
    [(0.05, "very weak"), (0.1, "weak"), (0.3, "moderate"), (0.5, "strong"), (1.0, "strong")],
)
def test_correlation_tells_direction_and_strength(r: float, strength: str) -> None:
    higher = correlation_words(r, 0.01, 40)
    assert higher == (
        f"Learners who spent more time tended to score higher; the link is {strength}. "
        "It does not show that time is the cause."
    )
    assert correlation_words(-r, 0.01, 40) == higher.replace("higher", "lower")


def test_correlation_that_chance_explains_is_no_link() -> None:
    assert correlation_words(0.6, 0.05, 9) == (
        "Time and performance show no clear link here: with 9 learners, "
        "chance alone would often give a figure like this."
    )
