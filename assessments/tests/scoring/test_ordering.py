from dataclasses import replace
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.enums import QuestionKind, Verdict
from assessments.scoring.content import QuestionContent
from assessments.scoring.kinds import Counted
from assessments.scoring.ordering import Item, Items
from assessments.scoring.registry import body_of, checked, read_answer, type_of
from assessments.scoring.score import score_answer
from assessments.tests.scoring.strategies import orderings
from lms.kernel.errors import Invalid

KIND = type_of(QuestionKind.ORDERING)
ERAS = QuestionContent(
    kind=QuestionKind.ORDERING,
    stem="From old to young.",
    detail=Items(
        (
            Item("Cambrian", "C"),
            Item("Devonian", "D"),
            Item("Jurassic", "J"),
            Item("*Neogene*", "N"),
        )
    ),
    partial_credit=True,
)


@pytest.mark.parametrize(
    ("partial", "answer", "score", "verdict"),
    [
        (True, "CDJN", "1", Verdict.CORRECT),
        (True, "DCJN", "0.6667", Verdict.PARTIAL),  # one of two neighbours moves
        (True, "DJNC", "0.6667", Verdict.PARTIAL),  # the first stands last: one move as well
        (True, "NCDJ", "0.6667", Verdict.PARTIAL),
        (True, "DCNJ", "0.3333", Verdict.PARTIAL),
        (True, "NJDC", "0", Verdict.WRONG),
        (False, "DCJN", "0", Verdict.WRONG),
        (False, "CDJN", "1", Verdict.CORRECT),
    ],
)
def test_each_item_to_be_moved_costs_a_share(
    *, partial: bool, answer: str, score: str, verdict: Verdict
) -> None:
    content = checked(replace(ERAS, partial_credit=partial))
    scored = score_answer(content, read_answer(content, list(answer)), Decimal(1))
    assert (scored.score, scored.verdict) == (Decimal(score), verdict)


@pytest.mark.parametrize(
    "raw", ["CDJN", ["C"], ["C", "D", "J"], [*"CDJJ"], [*"CDJNN"], [*"CDJX"], [1, 2, 3, 4], {}]
)
def test_every_item_needs_a_place_of_its_own(raw: object) -> None:
    with pytest.raises(Invalid) as refused:
        read_answer(ERAS, raw)
    assert list(refused.value.errors) == ["answer"]


@pytest.mark.parametrize(
    "texts",
    [["a", "b"], ["a", "b", "a "], ["a", "b", " "], ["a", "b", "\x00"], list(map(str, range(21)))],
)
def test_what_cannot_be_ordered_is_refused(texts: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        checked(replace(ERAS, detail=Items(tuple(map(Item, texts)))))
    assert list(refused.value.errors) == ["items"]


def test_a_learner_sees_the_drawn_order_and_then_their_own() -> None:  # Z5
    body = body_of(ERAS, str)
    assert [one["id"] for one in body["items"]] == ["C", "D", "J", "N"]
    drawn = KIND.shown(body, [*"NCJD"], None, None)
    assert [o.id for o in drawn.options] == [*"NCJD"]
    assert [o.id for o in KIND.shown(body, [*"NCJD"], [*"DCNJ"], None).options] == [*"DCNJ"]
    assert drawn.rule == "Each item that stands out of order costs a part of the points."


def test_an_answer_is_counted_place_by_place() -> None:
    assert KIND.counted(ERAS, [*"CJDN"]) == [
        Counted("1", "1", right=True, part="C", label="Cambrian", expected="1"),
        Counted("2", "2", right=False, part="J", label="Jurassic", expected="3"),
        Counted("3", "3", right=False, part="D", label="Devonian", expected="2"),
        Counted("4", "4", right=True, part="N", label="Neogene", expected="4"),
    ]
    assert KIND.summary(ERAS, [*"CJDN"]) == "Cambrian → Jurassic → Devonian → Neogene"
    assert KIND.solution_words(ERAS)[3] == "4. Neogene"


def moves(order: tuple[str, ...], right: list[str]) -> int:
    """The fewest items to take out and put back elsewhere, found by trying all."""
    for count in range(len(right)):
        for left in permutations(range(len(order)), len(order) - count):
            kept = [order[n] for n in sorted(left)]
            if kept == [one for one in right if one in kept]:
                return count
    return len(right) - 1


@given(content=orderings(), data=st.data())
def test_the_share_counts_the_fewest_moves(content: QuestionContent, data: st.DataObject) -> None:
    content = replace(content, partial_credit=True)
    right = KIND.solution(content)
    assert isinstance(right, list)
    right = right[:5]
    assert isinstance(content.detail, Items)
    content = replace(content, detail=Items(content.detail.items[:5]))
    given_order = data.draw(st.permutations(right))
    expected = 1 - Decimal(moves(tuple(given_order), right)) / (len(right) - 1)
    assert KIND.fraction(content, list(given_order)) == expected


@given(content=orderings())
def test_the_reverse_order_is_worth_nothing(content: QuestionContent) -> None:
    right = KIND.solution(content)
    assert isinstance(right, list)
    assert KIND.fraction(content, right[::-1]) == 0
