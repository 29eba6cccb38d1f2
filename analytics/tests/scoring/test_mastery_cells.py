"""Mastery answer by answer: one step is cheap, and the order of counting does not matter."""

import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.scoring.mastery.cells import (
    Level,
    begin,
    is_right,
    level_of,
    step,
    traced_cell,
    words_of,
)
from analytics.scoring.mastery.tracing import DEFAULT, traced

START = datetime(2026, 1, 5, tzinfo=UTC)


def places(marks: list[bool]) -> list[tuple[tuple[datetime, int], bool]]:
    return [((START + timedelta(hours=at // 3), at), mark) for at, mark in enumerate(marks)]


@given(st.lists(st.booleans(), max_size=40), st.randoms())
def test_steps_and_a_trace_in_any_order_agree_to_the_last_bit(
    marks: list[bool], dice: Random
) -> None:
    answers = places(marks)
    by_steps = begin(DEFAULT)
    for place, right in answers:
        by_steps = step(DEFAULT, by_steps, right=right, place=place)
    dice.shuffle(answers)
    assert traced_cell(DEFAULT, answers) == by_steps
    assert by_steps.mastery == traced(DEFAULT, marks)[-1]
    assert (by_steps.answers, by_steps.right) == (len(marks), sum(marks))


def test_one_answer_costs_far_less_than_a_millisecond() -> None:
    trace, began = begin(DEFAULT), time.perf_counter()
    for at in range(2000):
        trace = step(DEFAULT, trace, right=at % 3 > 0, place=(START, at))
    assert (time.perf_counter() - began) / 2000 < 0.001


@pytest.mark.parametrize(
    ("worth", "points", "right"),
    [("1", "1", True), ("0.75", "1", True), ("2", "3", False), ("-2", "1", False)],
)
def test_an_answer_is_right_from_three_quarters_on(worth: str, points: str, right: bool) -> None:
    assert is_right(Decimal(worth), Decimal(points)) is right


def test_too_few_answers_say_nothing_and_say_so() -> None:
    assert [level_of(0.99, n) for n in (0, 2, 3)] == [Level.UNKNOWN, Level.UNKNOWN, Level.SECURE]
    assert [level_of(m, 9) for m in (0.84, 0.5, 0.49)] == [
        Level.GROWING,
        Level.GROWING,
        Level.SHAKY,
    ]
    assert words_of(0, 0) == "No answers yet."
    assert words_of(1, 1).startswith("Too little is known: 1 answer so far")
    assert words_of(4, 3) == "3 of 4 answers right"
