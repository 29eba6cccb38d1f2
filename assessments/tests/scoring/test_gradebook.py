import json
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.enums import (
    Aggregate,
    CurveKind,
    GradeStatus,
    StatusColour,
    StatusEffect,
    Ungraded,
)
from assessments.scoring.gradebook import Category, Item, Mark, compute, flat
from assessments.scoring.gradebook_curves import Curve, curved, flat_curve, linear_curve
from assessments.scoring.gradebook_scales import (
    LETTERS,
    Level,
    level_of,
    percent_of,
    problem_of,
)
from assessments.scoring.gradebook_statuses import CourseStatus
from assessments.scoring.gradebook_trace import (
    Trace,
    evaluate,
    figure_of,
    percent,
    shown,
    to_data,
)

TEN = Decimal(10)
OWN = {
    key: CourseStatus(key, key.title(), key, StatusColour.INFO, effect, percent)
    for key, effect, percent in (
        ("given", StatusEffect.AS_GIVEN, None),
        ("out", StatusEffect.LEFT_OUT, None),
        ("zero", StatusEffect.ZERO, None),
        ("third", StatusEffect.PERCENT, Decimal("33.33")),
    )
}
POINTS, MEAN, WEIGHTED = Aggregate.POINTS, Aggregate.MEAN, Aggregate.WEIGHTED_MEAN


def tenths(low: int, high: int) -> st.SearchStrategy[Decimal]:
    return st.integers(low * 100, high * 100).map(lambda number: Decimal(number) / 100)


@st.composite
def items(draw: st.DrawFn, prefix: str, *, extra: bool = True) -> tuple[Item, ...]:
    count = draw(st.integers(1, 5))
    return tuple(
        Item(
            f"{prefix}{number}",
            f"Item {number}",
            draw(st.sampled_from([Decimal(1), TEN, Decimal("12.5"), Decimal(100)])),
            draw(tenths(0, 5)),
            extra and draw(st.integers(0, 5)) == 0,
        )
        for number in range(count)
    )


@st.composite
def books(draw: st.DrawFn, *, extra: bool = True) -> Category:
    rules, drops = st.sampled_from(list(Aggregate)), st.integers(0, 3)
    parts: list[Category | Item] = [
        Category(
            f"c{number}",
            f"Category {number}",
            draw(rules),
            draw(items(f"i{number}-", extra=extra)),
            draw(tenths(0, 5)),
            extra and draw(st.integers(0, 5)) == 0,
            draw(drops),
            draw(drops),
        )
        for number in range(draw(st.integers(0, 3)))
    ]
    parts += draw(items("top", extra=extra))
    return Category("", "Course", draw(rules), tuple(parts), drop_lowest=draw(st.integers(0, 1)))


def leaves(book: Category) -> list[Item]:
    found: list[Item] = []
    for part in book.parts:
        found += [part] if isinstance(part, Item) else leaves(part)
    return found


@st.composite
def learners(draw: st.DrawFn, *, extra: bool = True) -> tuple[Category, dict[str, Mark], Ungraded]:
    book = draw(books(extra=extra))
    marks = {}
    for item in leaves(book):
        kind = draw(st.integers(0, 9))
        if kind == 0:
            continue
        if kind == 9:
            score = item.full * draw(st.integers(0, 100)) / 100
            scored = draw(st.sampled_from([None, score]))
            marks[item.key] = Mark(scored, item.full, draw(st.sampled_from(sorted(OWN))))
            continue
        status = {1: GradeStatus.EXCUSED, 2: GradeStatus.MISSING, 3: GradeStatus.IN_PROGRESS}
        if kind in status:
            marks[item.key] = Mark(None, item.full, status[kind])
        else:
            hundredths = draw(st.integers(0, 100))
            late = GradeStatus.LATE if kind == 4 else GradeStatus.GRADED
            marks[item.key] = Mark(item.full * hundredths / 100, item.full, late)
    return book, marks, draw(st.sampled_from(list(Ungraded)))


def figure(book: Category, marks: dict[str, Mark], ungraded: Ungraded) -> Decimal | None:
    return figure_of(Trace(compute(book, marks, ungraded=ungraded, statuses=OWN)))


def test_points_means_and_weights_by_hand() -> None:
    parts = (Item("a", "A", TEN, Decimal(3)), Item("b", "B", Decimal(100), Decimal(1)))
    marks = {"a": Mark(Decimal(5), TEN), "b": Mark(Decimal(80), Decimal(100))}
    for rule, expected in ((POINTS, "77.2727"), (MEAN, "65.0000"), (WEIGHTED, "57.5000")):
        assert figure(flat(parts, rule), marks, Ungraded.IGNORE) == Decimal(expected)


def test_extra_credit_adds_on_top() -> None:
    parts = (Item("a", "A", TEN), Item("x", "Bonus", Decimal(5), extra=True))
    marks = {"a": Mark(Decimal(9), TEN), "x": Mark(Decimal(2), Decimal(5))}
    for rule, expected in ((POINTS, "110"), (MEAN, "130"), (WEIGHTED, "130")):
        assert figure(flat(parts, rule), marks, Ungraded.IGNORE) == Decimal(expected)
    assert figure(flat(parts), {"x": marks["x"]}, Ungraded.IGNORE) is None


def test_statuses_count_as_stated() -> None:
    book = flat((Item("a", "A", TEN), Item("b", "B", TEN)), MEAN)
    half = {"a": Mark(Decimal(5), TEN)}
    cells = {
        "excused": (Mark(None, TEN, GradeStatus.EXCUSED), "50", "50"),
        "missing": (Mark(None, TEN, GradeStatus.MISSING), "25", "25"),
        "in progress": (Mark(None, TEN, GradeStatus.IN_PROGRESS), "50", "25"),
        "late": (Mark(TEN, TEN, GradeStatus.LATE), "75", "75"),
        "late, not graded": (Mark(None, TEN, GradeStatus.LATE), "50", "25"),
    }
    for words, (mark, ignored, zero) in cells.items():
        marks = {**half, "b": mark}
        assert figure(book, marks, Ungraded.IGNORE) == Decimal(ignored), words
        assert figure(book, marks, Ungraded.ZERO) == Decimal(zero), words
    assert figure(book, half, Ungraded.IGNORE) == 50
    assert figure(book, half, Ungraded.ZERO) == 25


def test_statuses_of_the_course_count_by_their_effect() -> None:
    book = flat((Item("a", "A", TEN), Item("b", "B", TEN)), MEAN)
    half = {"a": Mark(Decimal(5), TEN)}
    # By the status and its score: the total without empty cells, with them, and what is said.
    cells = {
        ("given", "8"): ("65", "65", "status_as_given"),
        ("given", None): ("50", "25", ""),
        ("out", "8"): ("50", "50", "status_left_out"),
        ("out", None): ("50", "50", "status_left_out"),
        ("zero", "8"): ("25", "25", "status_zero"),
        ("zero", None): ("25", "25", "status_zero"),
        ("third", "8"): ("41.665", "41.665", "status_percent"),
        ("third", None): ("41.665", "41.665", "status_percent"),
    }
    for (key, score), (ignored, zero, said) in cells.items():
        mark = Mark(None if score is None else Decimal(score), TEN, key)
        marks = {**half, "b": mark}
        assert figure(book, marks, Ungraded.IGNORE) == Decimal(ignored), (key, score)
        assert figure(book, marks, Ungraded.ZERO) == Decimal(zero), (key, score)
        step = compute(book, marks, ungraded=Ungraded.IGNORE, statuses=OWN).parts[1]
        assert step.status == key.title()
        if said:
            assert said in {step.note, step.left_out}, (key, score)


def test_a_percentage_of_the_points_is_rounded_once_at_four_decimals() -> None:
    full = Decimal("0.0003")
    marks = {"a": Mark(None, full, "third")}
    step = compute(flat((Item("a", "A", full),)), marks, ungraded=Ungraded.IGNORE, statuses=OWN)
    assert step.parts[0].score == Decimal("0.0001")
    assert evaluate(to_data(Trace(step))) == figure_of(Trace(step)) == Decimal("33.3333")


def test_dropping_leaves_at_least_one_and_spares_extra_credit() -> None:
    parts = (*(Item(key, key, TEN) for key in "abc"), Item("x", "x", TEN, extra=True))
    scores = {"a": 2, "b": 4, "c": 9, "x": 1}
    marks = {key: Mark(Decimal(score), TEN) for key, score in scores.items()}
    book = Category("", "", MEAN, parts, drop_lowest=1, drop_highest=1)
    assert figure(book, marks, Ungraded.IGNORE) == Decimal(50)
    step = compute(replace(book, drop_lowest=9), marks, ungraded=Ungraded.IGNORE)
    assert [part.left_out for part in step.parts] == ["dropped_lowest", "dropped_lowest", "", ""]


def test_rounding_is_half_away_from_zero_at_four_decimals_once() -> None:
    assert percent(Fraction(1, 3)) == Decimal("33.3333")
    assert percent(Fraction(2, 3)) == Decimal("66.6667")
    assert percent(Fraction(1, 2_000_000)) == Decimal("0.0001")
    assert percent(Fraction(499_999, 10**12)) == Decimal(0)
    assert percent(Fraction(50)) == Decimal(1000)
    assert percent(None) is None
    assert shown(Decimal("89.9950")) == Decimal("90.00")


def test_an_override_stands_above_the_computed() -> None:
    step = compute(flat((Item("a", "A", TEN),)), {"a": Mark(TEN, TEN)}, ungraded=Ungraded.IGNORE)
    trace = Trace(step, Decimal("81.5"), "Agreed in the board.")
    assert figure_of(trace) == evaluate(to_data(trace)) == Decimal("81.5")


@settings(max_examples=150, deadline=None)
@given(learners())
def test_the_trace_gives_the_stored_figure(
    case: tuple[Category, dict[str, Mark], Ungraded],
) -> None:
    book, marks, ungraded = case
    trace = Trace(compute(book, marks, ungraded=ungraded, statuses=OWN))
    assert evaluate(json.loads(json.dumps(to_data(trace)))) == figure_of(trace)


@settings(max_examples=100, deadline=None)
@given(learners(), st.randoms(use_true_random=False))
def test_the_order_of_items_changes_nothing(
    case: tuple[Category, dict[str, Mark], Ungraded], random: Random
) -> None:
    book, marks, ungraded = case

    def shuffled(category: Category) -> Category:
        parts = [shuffled(part) if isinstance(part, Category) else part for part in category.parts]
        random.shuffle(parts)
        return replace(category, parts=tuple(parts))

    assert figure(shuffled(book), marks, ungraded) == figure(book, marks, ungraded)


@settings(max_examples=100, deadline=None)
@given(learners(extra=False))
def test_without_extra_credit_a_total_lies_between_0_and_100(
    case: tuple[Category, dict[str, Mark], Ungraded],
) -> None:
    total = figure(*case)
    assert total is None or 0 <= total <= 100


@settings(max_examples=150, deadline=None)
@given(learners(), st.integers(1, 3))
def test_dropping_more_of_the_lowest_never_lowers(
    case: tuple[Category, dict[str, Mark], Ungraded], more: int
) -> None:
    book, marks, ungraded = case

    def dropping(category: Category, count: int, depth: int) -> Category:
        parts = tuple(
            dropping(part, count, depth - 1) if isinstance(part, Category) else part
            for part in category.parts
        )
        here = {"drop_lowest": count, "drop_highest": 0} if depth == 0 else {}
        return replace(category, parts=parts, **here)  # type: ignore[arg-type]

    how: dict[str, Any] = {"ungraded": ungraded, "statuses": OWN}
    for depth in (0, 1):
        without = compute(dropping(book, 0, depth), marks, **how).share
        dropped = compute(dropping(book, more, depth), marks, **how).share
        assert (without is None) == (dropped is None)
        # Within a category whose parts are dropped themselves, the order of those may change.
        if without is not None and dropped is not None and not (depth and book.drop_lowest):
            assert dropped >= without


@settings(max_examples=80, deadline=None)
@given(learners(), st.integers(2, 9))
def test_weights_normalise(case: tuple[Category, dict[str, Mark], Ungraded], factor: int) -> None:
    book, marks, ungraded = case
    heavier = replace(
        book, parts=tuple(replace(part, weight=part.weight * factor) for part in book.parts)
    )
    assert figure(heavier, marks, ungraded) == figure(book, marks, ungraded)


SCORES = st.lists(tenths(0, 20), min_size=1, max_size=20)


@settings(max_examples=100, deadline=None)
@given(SCORES, tenths(0, 10), tenths(10, 20))
def test_curves_keep_order_and_bounds(
    scores: list[Decimal], mean: Decimal, highest: Decimal
) -> None:
    full = Decimal(20)
    for curve in (
        linear_curve(scores, mean=mean, highest=highest),
        flat_curve(mean),
        Curve(CurveKind.SQUARE_ROOT),
    ):
        after = [curved(curve, score, full) for score in sorted(scores)]
        assert after == sorted(after)
        assert all(0 <= score <= full for score in after)
        if curve.kind != CurveKind.LINEAR:
            assert all(new >= old for new, old in zip(after, sorted(scores), strict=True))


def test_curves_by_hand() -> None:
    scores, full = [Decimal(4), Decimal(6), Decimal(8)], TEN
    line = linear_curve(scores, mean=Decimal(7), highest=TEN)
    assert [curved(line, score, full) for score in scores] == [4, 7, 10]
    assert curved(flat_curve(Decimal("2.5")), Decimal(9), full) == 10
    root = Curve(CurveKind.SQUARE_ROOT)
    assert curved(root, Decimal(5), full) == Decimal(50).sqrt().quantize(
        Decimal("0.0001"), ROUND_HALF_UP
    )
    same = linear_curve([TEN, TEN], mean=Decimal(5), highest=Decimal(8))
    assert curved(same, TEN, full) == 5
    with pytest.raises(ValueError, match="nothing"):
        linear_curve([], mean=TEN, highest=TEN)
    with pytest.raises(ValueError, match="below"):
        linear_curve([TEN], mean=TEN, highest=Decimal(9))


def test_letters() -> None:
    found = [level_of(LETTERS, Decimal(text)) for text in ("100", "90", "89.9999", "60", "0")]
    assert found == ["A", "A", "B", "D", "F"]
    assert [percent_of(LETTERS, label) for label in ("a", " B ", "F", "?")] == [100, 85, 0, None]
    assert problem_of(LETTERS) == ""
    bad = {
        "count": [Level("A", Decimal(0))],
        "label": [Level(" ", Decimal(0)), Level("B", Decimal(1))],
        "twice": [Level("A", Decimal(0)), Level("a", Decimal(1))],
        "range": [Level("A", Decimal(0)), Level("B", Decimal(1001))],
        "lowest": [Level("A", Decimal(1)), Level("B", Decimal(2))],
    }
    assert {word: problem_of(levels) for word, levels in bad.items()} == {
        word: word for word in bad
    }
