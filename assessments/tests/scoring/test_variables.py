from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.scoring.variables import (
    Variable,
    check_variables,
    corners,
    draw,
    filled,
    unknown_places,
)
from assessments.scoring.words import word_count
from lms.kernel.errors import Invalid


@given(
    low=st.integers(min_value=-500, max_value=500),
    steps=st.integers(min_value=0, max_value=200),
    seed=st.integers(),
)
def test_a_drawn_value_lies_on_the_grid(low: int, steps: int, seed: int) -> None:
    one = Variable("a", str(Decimal(low) / 4), str(Decimal(low + steps) / 4), "0.25")
    value = draw([one], Random(seed))["a"]
    assert one.count == steps + 1
    assert Decimal(low) / 4 <= value <= Decimal(low + steps) / 4
    assert (value - Decimal(low) / 4) % Decimal("0.25") == 0


def test_values_have_the_decimals_of_their_step() -> None:
    one = Variable("a", "1", "2", "0.50")
    assert [str(one.value(place)) for place in range(one.count)] == ["1.00", "1.50", "2.00"]


def test_corners_try_both_ends_and_zero() -> None:
    tried = list(corners([Variable("a", "-2", "2"), Variable("b", "1", "9")]))
    assert {"a": Decimal(0), "b": Decimal(1)} in tried
    assert {"a": Decimal(2), "b": Decimal(9)} in tried
    assert {"a": Decimal(-2), "b": Decimal(9)} in tried


def test_placeholders_are_filled_and_group_in_math() -> None:
    values = {"a": Decimal(12), "b": Decimal("-0.50")}
    text = "A {a} m side, $\\frac{a}{b} + {c}$ and `{b}` cost \\$5 {a}$."
    assert filled(text, values) == (
        "A 12 m side, $\\frac{12}{-0.50} + {c}$ and `-0.50` cost \\$5 12$."
    )


def test_unknown_placeholders_are_named_outside_math() -> None:
    assert unknown_places("{a} {b} $\\frac{x}{y}$ `{z}`", ["a"]) == ["b"]


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ([], "between 1 and 12"),
        ([Variable("pi", "1", "2")], "function or constant"),
        ([Variable("1a", "1", "2")], "named by a letter"),
        ([Variable("a", "1", "2"), Variable("a", "1", "2")], "same name"),
        ([Variable("a", "x", "2")], "Variable a: Write a number"),
        ([Variable("a", "2", "1")], "before the start"),
        ([Variable("a", "1", "2", "0")], "above 0"),
        ([Variable("a", "0", "1", "0.0000001")], "too many values"),
        ([Variable("a", "0", "1e20", "1e19")], "twelve digits"),
    ],
)
def test_variables_that_cannot_be_drawn_are_refused(variables: list[Variable], words: str) -> None:
    with pytest.raises(Invalid, match=words):
        check_variables(variables)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("one two", 2),
        ("well-known -- fact", 2),
        ("  a\nb\tc  ", 3),
        ("3.5 kg", 2),
        ("--", 0),
    ],
)
def test_words_are_counted_as_people_count(text: str, count: int) -> None:
    assert word_count(text) == count
