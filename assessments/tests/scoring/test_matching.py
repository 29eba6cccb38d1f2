from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.enums import QuestionKind, Verdict
from assessments.scoring.content import QuestionContent
from assessments.scoring.kinds import Counted
from assessments.scoring.matching import ExtraChoice, Pair, Pairs
from assessments.scoring.registry import body_of, checked, read_answer, type_of, with_ids
from assessments.scoring.score import score_answer
from assessments.tests.scoring.strategies import matchings
from lms.kernel.errors import Invalid

KIND = type_of(QuestionKind.MATCHING)
ROCKS = QuestionContent(
    kind=QuestionKind.MATCHING,
    stem="Which kind?",
    detail=Pairs(
        pairs=(
            Pair("Basalt", "igneous", "b", "i"),
            Pair("Granite", "igneous", "g", "i"),
            Pair("**Chalk**", "*sedimentary*", "c", "s"),
        ),
        extra=(ExtraChoice("meteoric", "m"),),
    ),
    partial_credit=True,
)
ALL = {"b": "i", "g": "i", "c": "s"}


@pytest.mark.parametrize(
    ("partial", "answer", "score", "verdict"),
    [
        (True, ALL, "1", Verdict.CORRECT),
        (True, {**ALL, "c": "m"}, "0.6667", Verdict.PARTIAL),
        (True, {"b": "i"}, "0.3333", Verdict.PARTIAL),
        (True, {"b": "s", "g": "m"}, "0", Verdict.WRONG),
        (True, {"b": "", "g": None}, "0", Verdict.UNANSWERED),
        (False, {**ALL, "c": "m"}, "0", Verdict.WRONG),
        (False, ALL, "1", Verdict.CORRECT),
    ],
)
def test_each_right_pair_earns_its_share(
    *, partial: bool, answer: dict[str, str], score: str, verdict: Verdict
) -> None:
    content = checked(replace(ROCKS, partial_credit=partial))
    scored = score_answer(content, read_answer(content, answer), Decimal(1))
    assert (scored.score, scored.verdict) == (Decimal(score), verdict)


@pytest.mark.parametrize("raw", ["i", ["i"], {"x": "i"}, {"b": "x"}, {"b": 1}, {"b": "b"}])
def test_another_shape_is_refused(raw: object) -> None:
    with pytest.raises(Invalid) as refused:
        read_answer(ROCKS, raw)
    assert list(refused.value.errors) == ["answer"]


@pytest.mark.parametrize(
    ("pairs", "extra", "field"),
    [
        ([("a", "x")], [], "pairs"),
        ([("a", "x"), ("a", "y")], [], "pairs"),
        ([("a", "x"), (" ", "y")], [], "pairs"),
        ([("a", "x"), ("b", " ")], [], "pairs"),
        ([("a", "x"), ("b", "x")], [], "pairs"),
        ([("a", "x"), ("b", "y")], [" "], "extra"),
        ([("a", "x"), ("b", "y")], ["x "], "extra"),
        ([("a", "x"), ("b", "y")], ["z", "z"], "extra"),
        ([("a", "x"), ("b", "\x00")], [], "pairs"),
        ([(str(n), str(n)) for n in range(21)], [], "pairs"),
    ],
)
def test_what_cannot_be_matched_is_refused(
    pairs: list[tuple[str, str]], extra: list[str], field: str
) -> None:
    detail = Pairs(tuple(Pair(*one) for one in pairs), tuple(map(ExtraChoice, extra)))
    with pytest.raises(Invalid) as refused:
        checked(replace(ROCKS, detail=detail))
    assert list(refused.value.errors) == [field]


def test_content_of_another_shape_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        checked(replace(ROCKS, detail=None))
    assert list(refused.value.errors) == ["detail"]


def test_pairs_with_the_same_words_share_a_choice() -> None:
    fresh = iter("abcdefgh")
    named = with_ids(
        replace(ROCKS, detail=Pairs((Pair("1", "x"), Pair("2", "y"), Pair("3", "x ")))),
        lambda: next(fresh),
    )
    assert isinstance(named.detail, Pairs)
    one, two, three = named.detail.pairs
    assert one.choice_id == three.choice_id != two.choice_id
    assert len({one.id, two.id, three.id, one.choice_id, two.choice_id}) == 5


def test_what_a_learner_sees() -> None:  # Z5
    body = body_of(ROCKS, lambda text: f"<p>{text}</p>")
    shown = KIND.shown(body, ["m", "s", "i"], {"c": "s"}, None)
    assert [(o.id, o.words) for o in shown.options] == [
        ("m", "meteoric"),
        ("s", "sedimentary"),
        ("i", "igneous"),
    ]
    assert [(p.id, p.label, p.answer) for p in shown.parts] == [
        ("b", "Basalt", ""),
        ("g", "Granite", ""),
        ("c", "Chalk", "s"),
    ]
    assert shown.rule == "Each right part earns its share of the points."
    assert KIND.shown({**body, "partial_credit": False}, [], None, None).rule == (
        "All parts must be right to earn the points."
    )


def test_an_answer_is_counted_prompt_by_prompt() -> None:
    answer = read_answer(ROCKS, {"b": "m", "c": "s"})
    assert KIND.counted(ROCKS, answer) == [
        Counted("m", "meteoric", right=False, part="b", label="Basalt", expected="igneous"),
        Counted("", "", right=False, part="g", label="Granite", expected="igneous"),
        Counted("s", "sedimentary", right=True, part="c", label="Chalk", expected="sedimentary"),
    ]
    assert KIND.summary(ROCKS, answer) == "Basalt: meteoric; Chalk: sedimentary"


@given(content=matchings(), data=st.data())
def test_every_further_right_pair_helps(content: QuestionContent, data: st.DataObject) -> None:
    content = replace(content, partial_credit=True)
    solution = KIND.solution(content)
    assert isinstance(solution, dict)
    order = data.draw(st.permutations(sorted(solution)))
    shares = [
        KIND.fraction(content, {part: solution[part] for part in order[:n]})
        for n in range(len(order) + 1)
    ]
    assert shares == sorted(set(shares))
    assert [shares[0], shares[-1]] == [Decimal(0), Decimal(1)]
