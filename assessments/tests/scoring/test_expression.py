import math
import time
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.scoring.expression import is_name, read_expression, stated
from lms.kernel.errors import Invalid


def worth(source: str, **values: str) -> Decimal:
    given_values = {name: Decimal(value) for name, value in values.items()}
    return stated(read_expression(source).work_out(given_values))


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("2 ^ 3 ^ 2", "512"),
        ("2 ** 3", "8"),
        ("-2 ^ 2", "-4"),
        ("2 ^ -1", "0.5"),
        ("8 / 4 / 2", "1"),
        ("7 - 3 - 2", "2"),
        ("0.1 + 0.2", "0.3"),
        ("sqrt(2)", "1.41421356237"),
        ("log(1000) + ln(e) + log2(8)", "7"),
        ("round(2.5)", "3"),
        ("round(-2.345, 2)", "-2.35"),
        ("max(1, 5, 3) - min(1, 5)", "4"),
        ("sin(rad(30))", "0.5"),
        ("fact(5)", "120"),
        ("deg(atan2(1, 1))", "45"),
        ("1.5e3 + .5", "1500.5"),
        ("--1", "1"),
        ("pi", "3.14159265359"),
    ],
)
def test_expressions_are_worth_what_they_say(source: str, value: str) -> None:
    assert worth(source) == Decimal(value)


def test_variables_take_the_values_given() -> None:
    expression = read_expression("a * b_1 / 2")
    assert expression.names == {"a", "b_1"}
    assert worth("a * b_1 / 2", a="3", b_1="5") == Decimal("7.5")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("", "Write an expression"),
        ("1 +", "ends too early"),
        ("1 + * 2", "“*” at place 5"),
        ("(1 + 2", "ends too early"),
        ("1 2", "“2” at place 3"),
        ("2x", "“x” at place 2"),
        ("a = 1", "“=” at place 3"),
        ("sin 30", "in parentheses"),
        ("sqrt(1, 2)", "another number of values"),
        ("max(1)", "another number of values"),
        ("x.real", "“.” at place 2"),
        ("__import__(1)", "“_” at place 1"),
        ("'a' * 9", "“'” at place 1"),
        ("lambda: 1", "“:” at place 7"),
        ("1e999", "too large"),
        ("(" * 40 + "1" + ")" * 40, "too deeply"),
        ("-" * 40 + "1", "too deeply"),
        ("1+" * 300 + "1", "at most 500"),
    ],
)
def test_what_is_no_expression_is_refused(source: str, words: str) -> None:  # C5
    with pytest.raises(Invalid, match=words.replace("*", r"\*").replace(".", r"\.")):
        read_expression(source)


@pytest.mark.parametrize(
    "source",
    ["1 / 0", "0 ^ -1", "sqrt(-1)", "ln(0)", "(-8) ^ 0.5", "10 ^ 31", "fact(0.5)", "fact(26)"],
)
def test_what_has_no_value_says_so(source: str) -> None:
    with pytest.raises(Invalid, match="has no value"):
        read_expression(source).work_out({})


@pytest.mark.parametrize("source", ["9^9^9^9^9", "exp(exp(exp(9)))", "1" + "+1" * 249])
def test_no_expression_takes_long(source: str) -> None:  # C5
    began = time.perf_counter()
    with suppress(Invalid):
        read_expression(source).work_out({})
    assert time.perf_counter() - began < 0.1


@given(source=st.text(alphabet="0123456789.+-*/^(),abesinqrt ", max_size=30))
def test_any_text_is_read_or_refused(source: str) -> None:
    try:
        result = read_expression(source).work_out(dict.fromkeys("abesinqrt", Decimal(2)))
    except (Invalid, KeyError):
        return
    assert math.isfinite(result)


@given(
    one=st.integers(min_value=-999, max_value=999),
    other=st.integers(min_value=1, max_value=999),
)
def test_arithmetic_agrees_with_python(one: int, other: int) -> None:
    assert worth("a * b - a / b", a=str(one), b=str(other)) == stated(one * other - one / other)


def test_names_of_variables() -> None:
    assert [is_name(name) for name in ("a", "b_1", "pi", "sin", "1a", "_a", "a" * 21, "é")] == [
        True, True, False, False, False, False, False, False,
    ]  # fmt: skip
