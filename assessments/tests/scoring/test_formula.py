from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.enums import DigitsRule, QuestionKind, ToleranceKind, UnitRule
from assessments.scoring.content import QuestionContent
from assessments.scoring.formula import Formula
from assessments.scoring.registry import checked, content_of, sampled, type_of, with_drawn
from assessments.scoring.score import score_answer
from assessments.scoring.units import Unit
from assessments.scoring.variables import Variable
from lms.kernel.errors import Invalid

AREA = QuestionContent(
    kind=QuestionKind.FORMULA,
    stem="A triangle has base {a} m and height {h} m: $\\frac{a}{h}$. How large is it?",
    explanation="Half of {a} times {h}.",
    detail=Formula(
        variables=(Variable("a", "2", "9"), Variable("h", "0.5", "2", "0.25")),
        expression="a * h / 2",
    ),
    tolerance="0.01",
)
BARE = {"stem": "How much?", "explanation": ""}
KIND = type_of(QuestionKind.FORMULA)


@given(seed=st.integers())
def test_what_is_drawn_scores_with_those_numbers_alone(seed: int) -> None:
    drawn = KIND.draw(AREA, Random(seed))
    asked = with_drawn(AREA, drawn)
    right = Decimal(drawn["a"]) * Decimal(drawn["h"]) / 2
    assert Decimal(asked.value) == right
    assert score_answer(asked, KIND.solution(asked), AREA.points).score == 1
    assert score_answer(asked, str(right + Decimal("0.02")), AREA.points).score == 0
    assert f"base {drawn['a']} m" in asked.stem
    assert f"\\frac{{{drawn['a']}}}{{{drawn['h']}}}" in asked.stem
    assert asked.explanation == f"Half of {drawn['a']} times {drawn['h']}."


def test_units_and_digits_are_judged_as_in_every_number() -> None:
    content = replace(
        AREA,
        tolerance="0",
        unit="m2",
        unit_rule=UnitRule.REQUIRED,
        unit_cost=Decimal(50),
        units=(Unit("cm2", "0.0001"),),
        digits_rule=DigitsRule.FIGURES,
        digits=2,
    )
    asked = with_drawn(checked(content), {"a": "7", "h": "1.25"})
    assert asked.value == "4.375"
    assert KIND.solution(asked) == "4.4 m2"
    assert score_answer(asked, "44000 cm2", Decimal(4)).score == 4
    assert score_answer(asked, "4.4", Decimal(4)).score == 2
    assert score_answer(asked, "4.3 m2", Decimal(4)).score == 0


def test_learners_see_neither_variables_nor_expression() -> None:  # Z5
    assert KIND.body(AREA, str) == {"unit": ""}
    key = KIND.key(AREA)
    assert key["expression"] == "a * h / 2"
    assert "value" not in key


def test_content_comes_back() -> None:
    body, key = KIND.body(AREA, str), KIND.key(AREA)
    found = content_of(
        kind=AREA.kind, stem=AREA.stem, body=body, key=key, explanation=AREA.explanation
    )
    assert found == AREA
    assert replace(AREA, **KIND.from_extras(KIND.extras(AREA))) == AREA


def test_samples_are_the_same_for_the_same_question() -> None:
    samples = KIND.samples(AREA, 5)
    assert samples == KIND.samples(AREA, 5)
    assert len(samples) == 5
    assert sampled(AREA) == with_drawn(AREA, samples[0].drawn)
    assert sampled(sampled(AREA)) == sampled(AREA)


def test_before_anything_is_drawn_the_expression_is_the_answer() -> None:
    assert KIND.solution(AREA) == "a * h / 2"
    assert KIND.solution_words(AREA) == ["a * h / 2"]


def test_a_correction_works_with_what_was_drawn_and_nothing_else() -> None:
    drawn = {"a": "4", "h": "1.00"}
    corrected = replace(AREA, detail=replace(AREA.detail, expression="a * h"))  # type: ignore[type-var]
    assert with_drawn(corrected, drawn).value == "4"
    with pytest.raises(Invalid, match="“w” was not drawn"):
        with_drawn(replace(AREA, detail=Formula((), "a * w")), drawn)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"detail": None}, "detail"),
        ({"detail": Formula((), "1")}, "variables"),
        ({"detail": Formula((Variable("a", "1", "2"),), "a * b")}, "expression"),
        ({"detail": Formula((Variable("a", "1", "2"),), "a +")}, "expression"),
        ({**BARE, "detail": Formula((Variable("a", "-1", "2"),), "1 / a")}, "expression"),
        ({**BARE, "detail": Formula((Variable("a", "-1", "2"),), "sqrt(a)")}, "expression"),
        ({"stem": "How much is {z}?"}, "stem"),
        ({"explanation": "It is {z}."}, "explanation"),
        ({"tolerance": "-1"}, "tolerance"),
        ({"tolerance": "x"}, "tolerance"),
    ],
)
def test_what_has_no_right_number_is_refused(changes: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked(replace(AREA, **changes))  # type: ignore[arg-type]
    assert list(refused.value.errors) == [field]


def test_a_share_of_a_right_number_that_may_be_zero_is_fine() -> None:
    content = replace(
        AREA,
        stem="How much?",
        explanation="",
        tolerance="0.1",
        tolerance_kind=ToleranceKind.RELATIVE,
        detail=Formula((Variable("a", "-1", "1"),), "a * 10"),
    )
    asked = with_drawn(checked(content), {"a": "0"})
    assert score_answer(asked, "0", Decimal(1)).score == 1
    assert score_answer(asked, "0.1", Decimal(1)).score == 0
