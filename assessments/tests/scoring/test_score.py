from dataclasses import replace
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.enums import Counting, QuestionKind, Verdict
from assessments.scoring.content import Option, QuestionContent
from assessments.scoring.draw import ordered
from assessments.scoring.registry import body_of, read_answer, type_of
from assessments.scoring.score import Scored, counting_index, score_answer, total, verdict_of
from assessments.tests.scoring.strategies import choices, chosen, contents, points

STEP = Decimal("0.0001")


@given(content=contents, worth=points)
def test_solution_earns_all_points_and_nothing_more(
    content: QuestionContent, worth: Decimal
) -> None:
    solution = read_answer(content, type_of(content.kind).solution(content))
    scored = score_answer(content, solution, worth)
    assert (scored.score, scored.points, scored.verdict) == (worth, worth, Verdict.CORRECT)


@given(content=contents, worth=points)
def test_no_answer_earns_nothing(content: QuestionContent, worth: Decimal) -> None:
    scored = score_answer(content, None, worth)
    assert scored == Scored(Decimal(0), worth, Verdict.UNANSWERED)


@given(data=st.data(), content=choices(), worth=points)
def test_choice_score_lies_between_nothing_and_all_points(
    data: st.DataObject, content: QuestionContent, worth: Decimal
) -> None:
    scored = score_answer(content, read_answer(content, data.draw(chosen(content))), worth)
    assert scored.score is not None
    assert 0 <= scored.score <= worth
    assert scored.score == scored.score.quantize(STEP)


@given(data=st.data(), content=choices(), seed=st.integers())
def test_choice_score_does_not_depend_on_order(
    data: st.DataObject, content: QuestionContent, seed: int
) -> None:
    answer = data.draw(chosen(content))
    options = tuple(ordered(content.options, shuffle=True, random=Random(seed)))
    shuffled = replace(content, options=options)
    again = ordered(answer, shuffle=True, random=Random(seed))
    first = score_answer(content, read_answer(content, answer), Decimal(3))
    second = score_answer(shuffled, read_answer(shuffled, again), Decimal(3))
    assert (first.score, first.verdict) == (second.score, second.verdict)


@given(content=choices())
def test_adding_a_wrong_option_never_helps(content: QuestionContent) -> None:
    right = [o.id for o in content.options if o.correct]
    wrong = [o.id for o in content.options if not o.correct]
    scores = [
        score_answer(content, read_answer(content, right + wrong[:n]), Decimal(7)).score
        or Decimal(0)
        for n in range(len(wrong) + 1)
    ]
    assert scores == sorted(scores, reverse=True)


@given(content=choices())
def test_choosing_everything_never_earns_all_when_something_is_wrong(
    content: QuestionContent,
) -> None:
    everything = read_answer(content, [o.id for o in content.options])
    score = score_answer(content, everything, Decimal(1)).score
    assert (score == 1) == all(o.correct for o in content.options)


def four(*, partial: bool) -> QuestionContent:
    return QuestionContent(
        kind=QuestionKind.MULTIPLE_CHOICE,
        stem="Which are prime?",
        options=tuple(
            Option(text=str(n), id=f"o{n}", correct=n in {2, 3, 5}, feedback=f"{n}!" * (n == 4))
            for n in (2, 3, 4, 5)
        ),
        partial_credit=partial,
    )


@pytest.mark.parametrize(
    ("partial", "answer", "score", "verdict"),
    [
        (False, ["o2", "o3"], "0", Verdict.WRONG),
        (False, ["o2", "o3", "o5"], "1", Verdict.CORRECT),
        (True, ["o2", "o3"], "0.6667", Verdict.PARTIAL),
        (True, ["o2"], "0.3333", Verdict.PARTIAL),
        (True, ["o2", "o4"], "0", Verdict.WRONG),
        (True, ["o2", "o3", "o4", "o5"], "0.6667", Verdict.PARTIAL),
        (True, ["o4"], "0", Verdict.WRONG),
    ],
)
def test_multiple_choice_credit(
    *, partial: bool, answer: list[str], score: str, verdict: Verdict
) -> None:
    content = four(partial=partial)
    scored = score_answer(content, read_answer(content, answer), Decimal(1))
    assert (scored.score, scored.verdict) == (Decimal(score), verdict)


@pytest.mark.parametrize(
    ("penalty", "answer", "score"),
    [
        ("100", ["o2", "o4"], "0"),
        ("50", ["o2", "o4"], "0.1667"),
        ("0", ["o2", "o4"], "0.3333"),
        ("0", ["o2", "o3", "o4"], "0.6667"),
        ("0", ["o2", "o3", "o4", "o5"], "0.6667"),  # everything: one too many
        ("50", ["o2", "o3", "o4", "o5"], "0.6667"),
        ("33.5", ["o2", "o3", "o4"], "0.5550"),
        ("0", ["o4"], "0"),
        ("0", ["o2", "o3", "o5"], "1"),
    ],
)
def test_a_wrong_choice_costs_its_penalty(penalty: str, answer: list[str], score: str) -> None:
    content = replace(four(partial=True), penalty=Decimal(penalty))
    assert score_answer(content, read_answer(content, answer), Decimal(1)).score == Decimal(score)


@pytest.mark.parametrize(
    ("partial", "penalty", "rule"),
    [
        (False, "100", "Only the exact choice earns the points."),
        (True, "100", "Each right choice earns a part; a wrong one takes as much away."),
        (True, "50", "Each right choice earns a part; a wrong one takes 50 % of that away."),
        (
            True,
            "0",
            "Each right choice earns a part; choosing more than are right costs some of it.",
        ),
    ],
)
def test_learners_are_told_the_rule(*, partial: bool, penalty: str, rule: str) -> None:
    content = replace(four(partial=partial), penalty=Decimal(penalty))
    kind, body = type_of(content.kind), body_of(content, str)
    assert kind.shown(body, kind.pool(body), None, None).rule == rule
    body.pop("credit")  # a question that was written before rules were told
    assert kind.shown(body, kind.pool(body), None, None).rule == ""


def test_feedback_is_of_the_chosen_options_alone() -> None:
    content = four(partial=True)
    assert score_answer(content, ["o2", "o4"], Decimal(1)).feedback == ("4!",)
    assert score_answer(content, ["o2"], Decimal(1)).feedback == ()


@pytest.mark.parametrize(
    ("fraction", "verdict"),
    [("1", Verdict.CORRECT), ("0.00001", Verdict.PARTIAL), ("0", Verdict.WRONG)],
)
def test_verdict_of_a_share(fraction: str, verdict: Verdict) -> None:
    assert verdict_of(Decimal(fraction)) == verdict


@given(scores=st.lists(points), seed=st.integers())
def test_total_does_not_depend_on_order(scores: list[Decimal], seed: int) -> None:
    assert total(scores) == total(ordered(scores, shuffle=True, random=Random(seed))) == sum(scores)


@given(scores=st.lists(points, min_size=1))
def test_counting_attempts(scores: list[Decimal]) -> None:
    assert counting_index(scores, Counting.BEST) == scores.index(max(scores))
    assert counting_index(scores, Counting.LAST) == len(scores) - 1
    assert counting_index(scores, Counting.FIRST) == 0


@pytest.mark.parametrize("counting", Counting)
def test_counting_none_of_no_attempts(counting: Counting) -> None:
    assert counting_index([], counting) is None
