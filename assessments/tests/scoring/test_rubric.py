from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.enums import RubricKind
from assessments.scoring.agreement import agreed
from assessments.scoring.passages import pieces
from assessments.scoring.rubric import (
    Criterion,
    Level,
    Pick,
    checked_criteria,
    checked_picks,
    criteria_json,
    criteria_of,
    judged,
    picks_json,
    picks_of,
)
from lms.kernel.errors import Invalid

CLEAR = Criterion(
    id="clear",
    title=" Clarity ",
    levels=(
        Level("high", "Clear", Decimal(6), "Every step follows."),
        Level("low", "Muddy", Decimal("1.5")),
    ),
)
RIGHT = Criterion(
    id="right",
    title="Right",
    levels=(Level("yes", "Yes", Decimal(4)), Level("no", "No", Decimal(0))),
)
RUBRIC = checked_criteria(RubricKind.RUBRIC, [CLEAR, RIGHT])


def test_a_criterion_is_worth_its_best_level() -> None:
    assert [(one.title, one.points) for one in RUBRIC] == [
        ("Clarity", Decimal(6)),
        ("Right", Decimal(4)),
    ]
    guide = Criterion(id="a", title="A", points=Decimal(3), levels=CLEAR.levels)
    assert checked_criteria(RubricKind.GUIDE, [guide])[0].levels == ()


def test_points_add_up_and_scale_to_the_assignment() -> None:
    found = judged(RUBRIC, {"clear": Pick(level="low"), "right": Pick(level="yes")})
    assert (found.given, found.most, found.complete) == (Decimal("5.5"), Decimal(10), True)
    assert found.scaled(Decimal(80)) == Decimal(44)
    typed = judged(RUBRIC, {"clear": Pick(level="low", points=Decimal(3))})
    assert (typed.given, typed.undecided) == (Decimal(3), ("Right",))


@pytest.mark.parametrize(
    ("kind", "criteria"),
    [
        (RubricKind.RUBRIC, []),
        (RubricKind.RUBRIC, [CLEAR, CLEAR]),
        (RubricKind.RUBRIC, [Criterion(id="a", title=" ", levels=CLEAR.levels)]),
        (RubricKind.RUBRIC, [Criterion(id="a", title="A", levels=CLEAR.levels[:1])]),
        (
            RubricKind.RUBRIC,
            [Criterion(id="a", title="A", levels=(Level("x", "X", Decimal(0)),) * 2)],
        ),
        (RubricKind.GUIDE, [Criterion(id="a", title="A")]),
        (RubricKind.GUIDE, [Criterion(id="a", title="A", points=Decimal("1.00001"))]),
        (RubricKind.GUIDE, [Criterion(id="a", title="A\x00", points=Decimal(1))]),
    ],
)
def test_criteria_that_judge_nothing_are_refused(
    kind: RubricKind, criteria: list[Criterion]
) -> None:
    with pytest.raises(Invalid) as refused:
        checked_criteria(kind, criteria)
    assert list(refused.value.errors) == ["criteria"]


@pytest.mark.parametrize(
    "pick", [Pick(level="none"), Pick(points=Decimal(7)), Pick(points=Decimal(-1))]
)
def test_picks_out_of_range_are_refused(pick: Pick) -> None:
    with pytest.raises(Invalid) as refused:
        checked_picks(RUBRIC, {"clear": pick})
    assert list(refused.value.errors) == ["picks"]


def test_what_is_stored_reads_back() -> None:
    assert criteria_of(criteria_json(RUBRIC)) == RUBRIC
    picks = {"clear": Pick("low", Decimal("2.5"), "Nearly."), "right": Pick("yes")}
    assert picks_of(picks_json(picks)) == picks
    for wrong in ([{"title": "x"}], [{"id": "a", "title": "b", "points": "x"}], [3]):
        with pytest.raises(Invalid):
            criteria_of(wrong)  # type: ignore[arg-type]


picked = st.dictionaries(
    st.sampled_from(["clear", "right"]),
    st.builds(
        Pick,
        level=st.sampled_from(["", "high", "low", "yes"]),
        points=st.none() | st.decimals(0, 4, places=2),
    ),
)


@given(picked, st.decimals("0.01", 200, places=2))
def test_a_scaled_sum_stays_within_the_points(picks: dict[str, Pick], points: Decimal) -> None:
    found = judged(RUBRIC, picks)
    assert 0 <= found.given <= found.most
    assert 0 <= found.scaled(points) <= points


marks = st.none() | st.decimals(0, 50, places=4)


@given(marks, marks, st.decimals(0, 100, places=2))
def test_two_marks_agree_within_the_threshold_only(
    first: Decimal | None, second: Decimal | None, threshold: Decimal
) -> None:
    found = agreed(first, second, two=True, points=Decimal(50), threshold=threshold)
    if first is None or second is None:
        assert (found.mark, found.differ) == (None, False)
    elif abs(first - second) * 100 <= threshold * 50:
        assert found.mark is not None
        assert min(first, second) <= found.mark <= max(first, second)
    else:
        assert (found.mark, found.differ) == (None, True)
    assert agreed(first, second, two=False, points=Decimal(50), threshold=threshold).mark == first


spans = st.lists(st.tuples(st.integers(0, 30), st.integers(1, 30)), max_size=5)


@given(st.text(max_size=30), spans)
def test_pieces_join_to_the_text_and_mark_their_ranges(
    text: str, found: list[tuple[int, int]]
) -> None:
    ranges = [(a, a + b, n) for n, (a, b) in enumerate(found) if a + b <= len(text)]
    cut = pieces(text, ranges)
    assert "".join(piece.text for piece in cut) == text
    for start, end, number in ranges:
        assert "".join(p.text for p in cut if number in p.marks) == text[start:end]
