from contextlib import suppress
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.enums import QuestionKind, ToleranceKind
from assessments.scoring.content import QuestionContent
from assessments.scoring.draw import ordered
from assessments.scoring.numbers import portion, read_number, rounded
from assessments.scoring.registry import read_answer
from assessments.scoring.score import score_answer
from assessments.tests.scoring.strategies import numbers, numerics, points
from lms.kernel.errors import Invalid


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("12", "12"),
        ("12.5", "12.5"),
        ("12,5", "12.5"),
        (" -3 ", "-3"),
        ("\u22123,5", "-3.5"),
        ("1 234,5", "1234.5"),
        ("1\u202f234.5", "1234.5"),
        ("1'234.5", "1234.5"),
        ("1e3", "1000"),
        ("2.5E-3", "0.0025"),
        ("\u0661\u0662\u066b\u0665", "12.5"),
        (".5", "0.5"),
        ("0e99999", "0"),
    ],
)
def test_read_number_accepts_what_people_type(typed: str, value: str) -> None:
    assert read_number(typed) == Decimal(value)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "abc",
        "1,234.5",
        "1.234.567",
        "1_000",
        "NaN",
        "Infinity",
        "1e31",
        "1e-31",
        "1" * 41,
        "1/2",
    ],
)
def test_read_number_refuses(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_number(typed, field="value")
    assert list(refused.value.errors) == ["value"]


@given(value=numbers)
def test_comma_and_point_read_the_same(value: Decimal) -> None:
    assert read_number(f"{value:f}") == read_number(f"{value:f}".replace(".", ",")) == value


@given(text=st.text(max_size=60))
def test_read_number_answers_any_text_with_a_number_or_invalid(text: str) -> None:
    with suppress(Invalid):
        assert read_number(text).is_finite()


def test_rounded_takes_halves_away_from_zero() -> None:
    assert rounded(Decimal("0.00005")) == Decimal("0.0001")
    assert rounded(Decimal("0.00004999")) == Decimal(0)


@given(share=st.decimals(min_value=0, max_value=1, places=10), worth=points)
def test_portion_stays_within_the_points(share: Decimal, worth: Decimal) -> None:
    part = portion(share, worth)
    assert 0 <= part <= worth
    assert abs(part - share * worth) <= Decimal("0.00005")


def number(
    value: str, tolerance: str, kind: ToleranceKind = ToleranceKind.ABSOLUTE
) -> QuestionContent:
    return QuestionContent(
        kind=QuestionKind.NUMERIC, stem="?", value=value, tolerance=tolerance, tolerance_kind=kind
    )


@pytest.mark.parametrize(
    ("content", "typed", "right"),
    [
        (number("0.3", "0"), "0,3", True),
        (number("0.3", "0"), "0.30", True),
        (number("0.3", "0"), "3e-1", True),
        (number("10", "0.5"), "10.5", True),
        (number("10", "0.5"), "9.5", True),
        (number("10", "0.5"), "10.5000001", False),
        (number("-200", "0.05", ToleranceKind.RELATIVE), "-210", True),
        (number("-200", "0.05", ToleranceKind.RELATIVE), "-210.1", False),
        (number("-200", "0.05", ToleranceKind.RELATIVE), "200", False),
        (number("1e30", "0"), "1e30", True),
        (number("1e30", "1e-30"), "1e30", True),
    ],
)
def test_numeric_tolerance_includes_its_borders(
    *, content: QuestionContent, typed: str, right: bool
) -> None:
    scored = score_answer(content, read_answer(content, typed), Decimal(1))
    assert scored.score == (1 if right else 0)


@given(content=numerics(), offset=numbers)
def test_numeric_treats_both_sides_alike(content: QuestionContent, offset: Decimal) -> None:
    value = Decimal(content.value)
    above, below = (
        score_answer(content, str(value + sign * offset), Decimal(1)).score for sign in (1, -1)
    )
    assert above == below


@given(items=st.lists(st.integers()), seed=st.integers())
def test_ordered_keeps_every_item_once(items: list[int], seed: int) -> None:
    assert sorted(ordered(items, shuffle=True, random=Random(seed))) == sorted(items)
    assert ordered(items, shuffle=False, random=Random(seed)) == items
