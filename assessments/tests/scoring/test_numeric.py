from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.enums import DigitsRule, QuestionKind, ToleranceKind, UnitRule
from assessments.scoring.content import QuestionContent
from assessments.scoring.registry import checked, content_of, read_answer, type_of
from assessments.scoring.score import score_answer
from assessments.scoring.units import Unit
from lms.kernel.errors import Invalid

SPEED = QuestionContent(
    kind=QuestionKind.NUMERIC,
    stem="How fast?",
    value="12.5",
    tolerance="0.1",
    unit="m/s",
    units=(Unit("km/h", "0.2777777777"), Unit("cm/s", "0.01")),
    unit_rule=UnitRule.REQUIRED,
    unit_cost=Decimal(25),
)
FIGURES = replace(
    SPEED,
    value="9.80665",
    tolerance="0",
    unit_rule=UnitRule.SHOWN,
    unit_cost=Decimal(100),
    units=(),
    digits_rule=DigitsRule.FIGURES,
    digits=3,
    digits_cost=Decimal(50),
)
UNIT_WORDS = "The number is right, its unit is not."
DIGIT_WORDS = "It is written with another number of digits."


@pytest.mark.parametrize(
    ("answer", "score", "said"),
    [
        ("12.5 m/s", "8", ()),
        ("12,45 m / s", "8", ()),
        ("45 km/h", "8", ()),
        ("1250cm/s", "8", ()),
        ("12.5 km/h", "6", (UNIT_WORDS,)),
        ("12.5", "6", (UNIT_WORDS,)),
        ("12.5 parsec", "6", (UNIT_WORDS,)),
        ("13 m/s", "0", ()),
        ("12.7 m/s", "0", ()),
    ],
)
def test_units_are_converted_and_wrong_ones_cost(
    *, answer: str, score: str, said: tuple[str, ...]
) -> None:
    scored = score_answer(SPEED, answer, Decimal(8))
    assert (scored.score, scored.feedback) == (Decimal(score), said)


def test_a_unit_that_may_be_left_out_costs_nothing() -> None:
    content = replace(SPEED, unit_rule=UnitRule.OPTIONAL)
    assert score_answer(content, "12.5", Decimal(8)).score == 8
    assert score_answer(content, "12.5 kg", Decimal(8)).score == 6


def test_the_unit_beside_the_field_may_be_written_again_and_no_other() -> None:
    content = replace(SPEED, unit_rule=UnitRule.SHOWN)
    assert read_answer(content, "12.5 m/s") == "12.5 m/s"
    with pytest.raises(Invalid, match="Write a number"):
        read_answer(content, "12.5 km/h")


@pytest.mark.parametrize("answer", ["m/s", "fast", "1,2.3 m/s", "12 " + "m" * 41])
def test_what_has_no_number_is_refused(answer: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_answer(SPEED, answer)
    assert list(refused.value.errors) == ["answer"]


@pytest.mark.parametrize(
    ("answer", "score", "said"),
    [
        ("9.81", "4", ()),
        ("9.80665", "2", (DIGIT_WORDS,)),
        ("9.8067", "2", (DIGIT_WORDS,)),
        ("9.8", "0", ()),
        ("0.981e1", "4", ()),
    ],
)
def test_the_rounded_value_is_right_where_digits_are_demanded(
    *, answer: str, score: str, said: tuple[str, ...]
) -> None:
    scored = score_answer(FIGURES, answer, Decimal(4))
    assert (scored.score, scored.feedback) == (Decimal(score), said)


def test_decimals_are_counted_in_the_unit_that_was_written() -> None:
    content = replace(
        FIGURES,
        value="1234.5678",
        digits_rule=DigitsRule.DECIMALS,
        digits=2,
        unit="m",
        units=(Unit("km", "1000"),),
        unit_rule=UnitRule.REQUIRED,
    )
    assert score_answer(content, "1.23 km", Decimal(4)).score == 4
    assert score_answer(content, "1234.57 m", Decimal(4)).score == 4
    assert score_answer(content, "1234.56 m", Decimal(4)).score == 0


def test_both_costs_add_up_and_never_go_below_nothing() -> None:
    content = replace(
        FIGURES, unit_rule=UnitRule.REQUIRED, unit_cost=Decimal(60), digits_cost=Decimal(30)
    )
    assert score_answer(content, "9.80665", Decimal(10)).score == 1
    dear = replace(content, digits_cost=Decimal(80))
    assert score_answer(dear, "9.80665", Decimal(10)).score == 0


@given(
    value=st.decimals(min_value=-(10**6), max_value=10**6, places=4),
    rule=st.sampled_from(DigitsRule),
    digits=st.integers(min_value=1, max_value=8),
    unit=st.sampled_from(UnitRule),
)
def test_its_solution_earns_all_points(
    value: Decimal, rule: DigitsRule, digits: int, unit: UnitRule
) -> None:
    content = checked(
        replace(SPEED, value=str(value), digits_rule=rule, digits=digits, unit_rule=unit)
    )
    kind = type_of(content.kind)
    assert kind.fraction(content, kind.solution(content)) == 1


def test_what_learners_see_tells_how_to_write_it_and_not_the_key() -> None:  # Z5
    content = replace(FIGURES, unit_rule=UnitRule.REQUIRED, units=SPEED.units)
    kind = type_of(content.kind)
    body = kind.body(content, str)
    assert body == {"unit": "", "unit_rule": "required", "digits_rule": "figures", "digits": 3}
    shown = kind.shown(body, [], None, None)
    assert shown.rule == "Write the unit behind the number. Give 3 significant figures."
    assert kind.solution_words(content) == ["9.81 m/s"]


@pytest.mark.parametrize("content", [SPEED, FIGURES])
def test_content_comes_back_from_body_and_key(content: QuestionContent) -> None:
    kind = type_of(content.kind)
    body, key = kind.body(content, str), kind.key(content)
    assert content_of(kind=content.kind, stem=content.stem, body=body, key=key) == content
    assert replace(content, **kind.from_extras(kind.extras(content))) == content


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"unit": ""}, "unit"),
        ({"units": (Unit("m / s"),)}, "units"),
        ({"units": (Unit("km/h", "0"),)}, "units"),
        ({"units": (Unit("km/h", "x"),)}, "units"),
        ({"units": (Unit("2m", "2"),)}, "units"),
        ({"units": (Unit("e5", "2"),)}, "units"),
        ({"units": (Unit("km/h", "1.23456789012345678"),)}, "units"),
        ({"unit_cost": Decimal(101)}, "unit_cost"),
        ({"digits_rule": DigitsRule.FIGURES, "digits": 0}, "digits"),
        ({"digits_rule": DigitsRule.DECIMALS, "digits": 13}, "digits"),
        ({"tolerance_kind": ToleranceKind.RELATIVE, "value": "0"}, "tolerance"),
    ],
)
def test_what_cannot_be_judged_is_refused(changes: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked(replace(SPEED, **changes))  # type: ignore[arg-type]
    assert list(refused.value.errors) == [field]
