"""Item analysis: published figures, degenerate input, and what must not matter."""

import math
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.scoring.item_analysis import (
    LEAST,
    Flag,
    ItemFigures,
    ItemScore,
    QuizFigures,
    Reason,
    analyse,
)
from analytics.scoring.item_words import FLAGS, REASONS, SHORT_FLAGS, alpha_words
from analytics.scoring.reliability import alpha, correlation, variance, weights_of_ends
from analytics.tests.lsat import (
    ALPHA,
    ALPHA_WITHOUT,
    CORRECTED,
    FACILITY,
    ITEM_TOTAL,
    four,
    patterns,
)

Sheets = list[list[ItemScore]]


def sheet(*scores: str, points: str = "1", chosen: str = "") -> list[ItemScore]:
    """One attempt: the score of each question; a letter of `chosen` per question."""
    return [
        ItemScore(
            item=number,
            score=Decimal(score),
            points=Decimal(points),
            answered=chosen[number : number + 1] != "-",
            chosen=tuple(chosen[number : number + 1].strip("-")),
        )
        for number, score in enumerate(scores)
    ]


def analysed(sheets: Sheets, options: dict[int, list[str]] | None = None) -> QuizFigures:
    items = sorted({one.item for each in sheets for one in each})
    return analyse(sheets, items, options or {})


def lsat() -> Sheets:
    return [sheet(*pattern) for pattern, people in patterns().items() for _ in range(people)]


def test_lsat6_gives_the_published_figures() -> None:
    found = analysed(lsat())
    named = {name: [one.figures[name] for one in found.items] for name in found.items[0].figures}
    assert four(named["facility"]) == FACILITY
    assert four(named["item_total"]) == ITEM_TOTAL
    assert four(named["corrected"]) == CORRECTED
    assert four(named["alpha_if_deleted"]) == ALPHA_WITHOUT
    assert four([found.figures["alpha"], found.figures["kr20"]]) == [ALPHA, ALPHA]
    assert (found.n, found.alpha_n, found.reasons) == (1000, 1000, {})
    assert [one.flags for one in found.items] == [()] * 5


def test_the_order_of_learners_decides_nothing() -> None:
    assert analysed(lsat()) == analysed(lsat()[::-1])


def test_points_weigh_in_totals_and_in_alpha() -> None:
    sheets = [
        [ItemScore(0, Decimal(a), Decimal(1)), ItemScore(1, Decimal(b), Decimal(3))]
        for a, b in ((1, 3), (0, 1), (1, 0), (0, 0))
    ]
    found = analysed(sheets)
    assert found.figures["mean"] == pytest.approx(6 / 16)
    assert found.items[1].figures["facility"] == pytest.approx(4 / 12)
    # var(x) 1/3 and 2, var(T) of 4, 1, 1, 0 is 3
    assert found.figures["alpha"] == pytest.approx(2 * (1 - (1 / 3 + 2) / 3))
    assert (found.figures["kr20"], found.reasons["kr20"]) == (None, Reason.PARTIAL_SCORES)


def test_upper_and_lower_27_percent() -> None:
    # 11 learners: ends of three; the lower border is shared by two with the same total
    rows = ["111", "111", "110", "110", "110", "110", "110", "100", "100", "000", "000"]
    found = analysed([sheet(*row) for row in rows])
    # upper: two of 111, a fifth of each 110; lower: two of 000, half of each 100
    assert found.items[0].figures["discrimination"] == pytest.approx(1 - 1 / 3)
    assert found.items[1].figures["discrimination"] == pytest.approx(1)
    assert found.items[2].figures["discrimination"] == pytest.approx(2 / 3)


def test_options_tell_who_chose_them() -> None:
    sheets = [
        sheet("1", "1", chosen="ax"),
        sheet("1", "0", chosen="ay"),
        sheet("0", "0", chosen="b-"),
        sheet("0", "0", chosen="-y"),
    ]
    found = analysed(sheets, {0: ["a", "b", "c"]})
    told = {one.id: (one.count, one.mean, one.upper, one.lower) for one in found.items[0].options}
    assert told == {
        "": (1, 0.0, 0.0, 0.5),
        "a": (2, 0.75, 1.0, 0.0),
        "b": (1, 0.0, 0.0, 0.5),
        "c": (0, None, 0.0, 0.0),
    }
    assert found.items[1].options == ()
    assert (found.items[0].n, found.items[0].answered) == (4, 3)


@pytest.mark.parametrize(
    ("rows", "figure", "reason"),
    [
        (["10"], "corrected", Reason.ONE_ATTEMPT),
        (["10"], "discrimination", Reason.ONE_ATTEMPT),
        (["11", "10"], "corrected", Reason.SAME_SCORES),
        (["11", "01"], "corrected", Reason.SAME_TOTALS),
        (["10", "01"], "item_total", Reason.SAME_TOTALS),
        (["10", "01"], "discrimination", Reason.SAME_TOTALS),
        (["1", "0"], "corrected", Reason.ONE_QUESTION),
        (["11", "00"], "alpha_if_deleted", Reason.TWO_QUESTIONS),
    ],
)
def test_a_figure_that_is_not_defined_says_why(rows: list[str], figure: str, reason: str) -> None:
    first = analysed([sheet(*row) for row in rows]).items[0]
    assert (first.figures[figure], first.reasons[figure]) == (None, reason)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([], Reason.NO_ATTEMPTS),
        (["11"], Reason.ONE_ATTEMPT),
        (["1", "0"], Reason.ONE_QUESTION),
        (["10", "01"], Reason.SAME_TOTALS),
    ],
)
def test_a_quiz_without_alpha_says_why(rows: list[str], reason: str) -> None:
    found = analysed([sheet(*row) for row in rows])
    assert (found.figures["alpha"], found.reasons["alpha"]) == (None, reason)


def test_questions_that_are_worth_nothing_count_for_nobody() -> None:
    dropped = [replace(one, points=Decimal(0)) for one in sheet("0", "0", "0")[2:]]
    rows = [[*sheet("1", "1"), *dropped], [*sheet("0", "1"), *dropped]]
    found = analysed(rows)
    assert found.figures["mean"] == 0.75
    assert (found.items[2].n, set(found.items[2].reasons.values())) == (0, {Reason.NO_POINTS})
    assert list(found.items[:2]) == list(analysed([r[:2] for r in rows]).items)


def test_different_draws_are_compared_by_shares_and_have_no_alpha() -> None:
    pool = [ItemScore(number, Decimal(number % 2), Decimal(1 + number)) for number in range(4)]
    rows = [[pool[a], pool[b]] for a, b in ((0, 1), (1, 2), (2, 3), (0, 3))]
    found = analysed(rows)
    assert found.figures["mean"] == pytest.approx((1 / 3 + 1 / 5 + 1 / 7 + 1 / 5) / 4)
    assert (found.alpha_n, found.reasons["alpha"]) == (0, Reason.DIFFERENT_QUESTIONS)
    assert {one.reasons["alpha_if_deleted"] for one in found.items} == {Reason.DIFFERENT_QUESTIONS}
    assert [one.n for one in found.items] == [2, 2, 2, 2]


def test_alpha_is_of_those_who_were_asked_the_same() -> None:
    same = [sheet(*row) for row in ("11", "10", "00")]
    other = [ItemScore(7, Decimal(1), Decimal(1))]
    found = analysed([*same, other])
    assert (found.n, found.alpha_n) == (4, 3)
    assert found.figures["alpha"] == analysed(same).figures["alpha"]


def flags_of(right: int, n: int, *, others: str = "") -> tuple[Flag, ...]:
    """Flags of a question that the first `right` of `n` know; `others`: scores in another one."""
    rest = others or "1" * n
    rows = [sheet(str(int(i < right)), rest[i], chosen="a") for i in range(n)]
    return analysed(rows, {0: ["a"]}).items[0].flags


def test_flags_from_twenty_attempts_on() -> None:
    assert flags_of(19, 19) == ()
    assert flags_of(19, LEAST) == (Flag.TOO_EASY,)
    assert flags_of(4, LEAST) == (Flag.TOO_HARD,)
    assert flags_of(5, LEAST) == ()
    assert flags_of(10, LEAST, others="0" * 10 + "1" * 10) == (Flag.NEGATIVE,)
    assert flags_of(10, LEAST, others="1" * 10 + "0" * 10) == ()
    rows = [sheet(str(i % 2), chosen="a" if i % 2 else "b") for i in range(LEAST)]
    assert analysed(rows, {0: ["a", "b", "c"]}).items[0].flags == (Flag.UNUSED_OPTION,)


def test_every_reason_and_flag_has_its_words() -> None:
    assert set(REASONS) == set(Reason)
    assert set(FLAGS) == set(SHORT_FLAGS) == set(Flag)
    assert len({alpha_words(value) for value in (0.9, 0.75, 0.6, -0.2)}) == 4


SCORES = st.lists(
    st.lists(st.sampled_from(["0", "0.3333", "0.5", "1"]), min_size=4, max_size=4), max_size=25
)


@given(SCORES)
@settings(max_examples=80, deadline=None)
def test_no_figure_is_ever_nan_and_none_has_its_reason(rows: list[list[str]]) -> None:
    found = analysed([sheet(*row) for row in rows], {0: ["a"]})
    parts: list[QuizFigures | ItemFigures] = [found, *found.items]
    for part in parts:
        for name, value in part.figures.items():
            assert value is None or math.isfinite(value)
            assert (value is None) == (name in part.reasons)
        for name in ("facility", "mean"):
            assert part.figures.get(name) is None or 0 <= part.figures[name] <= 1  # type: ignore[operator]
        for name in ("corrected", "item_total", "discrimination"):
            assert part.figures.get(name) is None or abs(part.figures[name]) <= 1 + 1e-12  # type: ignore[arg-type]


@given(SCORES, st.sampled_from([2, 10, 500]))
@settings(max_examples=40, deadline=None)
def test_more_points_for_all_change_no_figure(rows: list[list[str]], times: int) -> None:
    plain = [sheet(*row) for row in rows]
    dear = [
        [replace(one, score=one.score * times, points=one.points * times) for one in each]
        for each in plain
    ]
    for a, b in zip(analysed(plain).items, analysed(dear).items, strict=True):
        assert a.figures == pytest.approx(b.figures)
        assert a.reasons == b.reasons


def test_the_arithmetic_refuses_what_is_not_defined() -> None:
    assert variance([1.0]) is None
    assert variance([0.1] * 7) == 0.0
    assert correlation([1, 2], [3, 3]) is None
    assert alpha([1.0], [1.0, 2.0]) is None
    assert alpha([1.0, 1.0], [2.0, 2.0]) is None
    assert weights_of_ends([0.5, 0.5]) == []
    assert weights_of_ends([1.0, 0.0]) == [(1.0, 0.0), (0.0, 1.0)]
