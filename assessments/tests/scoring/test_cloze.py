from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.enums import QuestionKind, Verdict
from assessments.scoring.cloze import Blank, Blanks
from assessments.scoring.content import QuestionContent
from assessments.scoring.gaps import split_gaps
from assessments.scoring.kinds import Counted
from assessments.scoring.matching import ExtraChoice, Pair, Pairs
from assessments.scoring.registry import body_of, checked, read_answer, type_of
from assessments.scoring.score import score_answer
from assessments.tests.scoring.strategies import clozes
from lms.kernel.errors import Invalid
from lms.kernel.text import render_markdown

KIND = type_of(QuestionKind.CLOZE)
SIZE = Blank(accepted=("small", "tiny"), wrong=("large", "<b>"), id="s")
COOLED = Blank(accepted=("cooled", "réchauffé"), weight=3, id="c")
IDS = {text: one for one, text in SIZE.choices().items()}
LAVA = QuestionContent(
    kind=QuestionKind.CLOZE,
    stem="Its crystals are [[1]], because it [[2]] quickly.",
    detail=Blanks((SIZE, COOLED)),
    partial_credit=True,
)


@pytest.mark.parametrize(
    ("changes", "answer", "score", "verdict"),
    [
        ({}, {"s": IDS["small"], "c": "cooled"}, "1", Verdict.CORRECT),
        ({}, {"s": IDS["tiny"], "c": " COOLED "}, "1", Verdict.CORRECT),
        ({}, {"s": IDS["large"], "c": "cooled"}, "0.75", Verdict.PARTIAL),
        ({}, {"s": IDS["small"]}, "0.25", Verdict.PARTIAL),
        ({}, {"c": "frozen"}, "0", Verdict.WRONG),
        ({}, {"c": "rechauffe"}, "0", Verdict.WRONG),
        ({"match_accents": False}, {"c": "rechauffe"}, "0.75", Verdict.PARTIAL),
        ({"match_case": True}, {"c": "Cooled"}, "0", Verdict.WRONG),
        ({"partial_credit": False}, {"c": "cooled"}, "0", Verdict.WRONG),
        ({}, {"s": "", "c": "  "}, "0", Verdict.UNANSWERED),
    ],
)
def test_each_gap_earns_the_share_of_its_weight(
    changes: dict[str, bool], answer: dict[str, str], score: str, verdict: Verdict
) -> None:
    content = checked(replace(LAVA, **changes))  # type: ignore[arg-type]
    scored = score_answer(content, read_answer(content, answer), Decimal(1))
    assert (scored.score, scored.verdict) == (Decimal(score), verdict)


@pytest.mark.parametrize(
    "raw", ["x", ["x"], {"z": "x"}, {"s": "small"}, {"c": 1}, {"c": "x" * 201}, {"c": "\x00"}]
)
def test_another_shape_is_refused(raw: object) -> None:
    with pytest.raises(Invalid) as refused:
        read_answer(LAVA, raw)
    assert list(refused.value.errors) == ["answer"]


@pytest.mark.parametrize(
    "stem",
    [
        "No gap.",
        "One: [[1]].",
        "Twice: [[1]] [[1]] [[2]].",
        "Too many: [[1]] [[2]] [[3]].",
        "In a formula: $[[1]]$ [[2]].",
        "In a block of code: [[1]]\n\n```python\nx[[2]]\n```",
        'In a title: [a](https://example.org "[[1]]") [[2]].',
        "In a link: [[1]](https://example.org) [[2]].",
    ],
)
def test_gaps_stand_once_each_in_plain_words(stem: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked(replace(LAVA, stem=stem))
    assert list(refused.value.errors) == ["stem"]


@pytest.mark.parametrize(
    "blank",
    [
        Blank(accepted=()),
        Blank(accepted=(" ",)),
        Blank(accepted=("a", "a")),
        Blank(accepted=("a",), wrong=("a",)),
        Blank(accepted=("a",), wrong=(" ",)),
        Blank(accepted=("a",), weight=0),
        Blank(accepted=("a",), weight=101),
        Blank(accepted=("\x00",)),
        Blank(accepted=("x" * 201,)),
        Blank(accepted=tuple(map(str, range(21)))),
    ],
)
def test_a_gap_that_cannot_be_filled_is_refused(blank: Blank) -> None:
    with pytest.raises(Invalid) as refused:
        checked(replace(LAVA, stem="[[1]]", detail=Blanks((blank,))))
    assert list(refused.value.errors) == ["blanks"]


def test_what_a_learner_sees() -> None:  # Z5
    body = body_of(LAVA, render_markdown)
    assert "cooled" not in str(body)
    order = [IDS["large"], IDS["small"], IDS["<b>"], IDS["tiny"]]
    shown = KIND.shown(body, order, {"s": IDS["small"], "c": "hot"}, None)
    menu, text = shown.parts
    assert [(o.words, o.html, o.chosen) for o in menu.options] == [
        ("large", "large", False),
        ("small", "small", True),
        ("<b>", "&lt;b&gt;", False),
        ("tiny", "tiny", False),
    ]
    assert (menu.label, text.label, text.options, text.answer) == ("1", "2", (), "hot")
    assert shown.inline


def test_an_answer_is_counted_gap_by_gap() -> None:
    answer = read_answer(LAVA, {"s": IDS["large"], "c": "Cooled"})
    assert KIND.counted(LAVA, answer) == [
        Counted(IDS["large"], "large", right=False, part="s", label="1", expected="small / tiny"),
        Counted("cooled", "Cooled", right=True, part="c", label="2", expected="cooled / réchauffé"),
    ]
    assert KIND.summary(LAVA, answer) == "1: large; 2: Cooled"


@given(content=clozes(), data=st.data())
def test_shares_of_gaps_add_up(content: QuestionContent, data: st.DataObject) -> None:
    content = replace(content, partial_credit=True)
    solution = KIND.solution(content)
    assert isinstance(solution, dict)
    some = data.draw(st.sets(st.sampled_from(sorted(solution))))
    mine = {part: said for part, said in solution.items() if part in some}
    others = {part: said for part, said in solution.items() if part not in some}
    shares = KIND.fraction(content, mine) + KIND.fraction(content, others)
    assert abs(shares - 1) < Decimal("1e-20")


@pytest.mark.parametrize(
    ("html", "pieces"),
    [
        ("<p>a</p>", ["<p>a</p>"]),
        ("<p>[[1]][[12]]</p>", ["<p>", 1, "", 12, "</p>"]),
        ('<a title="[[1]]">x [[2]]</a>', ['<a title="[[1]]">x ', 2, "</a>"]),
        ('<a title="> [[1]]">[[2]]', ['<a title="> [[1]]">', 2, ""]),
        ("[[123]] [[x]] [1]", ["[[123]] [[x]] [1]"]),
    ],
)
def test_gaps_are_found_outside_of_tags(html: str, pieces: list[str | int]) -> None:
    assert split_gaps(html) == pieces


WORDS = QuestionContent(
    kind=QuestionKind.DRAG_WORDS,
    stem="A [[2]] of [[1]].",
    detail=Pairs(
        (Pair("1", "stones", "x", "s"), Pair("2", "pile", "y", "p")), (ExtraChoice("row", "r"),)
    ),
    partial_credit=True,
)


@pytest.mark.parametrize(
    ("answer", "score"),
    [({"x": "s", "y": "p"}, "1"), ({"x": "s", "y": "r"}, "0.5"), ({"x": "p", "y": "p"}, "0.5")],
)
def test_dragged_words_earn_their_gaps_share(answer: dict[str, str], score: str) -> None:
    scored = score_answer(checked(WORDS), read_answer(WORDS, answer), Decimal(1))
    assert scored.score == Decimal(score)


@pytest.mark.parametrize(
    ("stem", "pairs", "field"),
    [
        ("A [[1]].", [("1", "a"), ("2", "b")], "stem"),
        ("A [[1]] [[2]].", [("2", "a"), ("1", "b")], "pairs"),
        ("A.", [], "pairs"),
    ],
)
def test_words_without_their_gap_are_refused(
    stem: str, pairs: list[tuple[str, str]], field: str
) -> None:
    detail = Pairs(tuple(Pair(*one) for one in pairs), (ExtraChoice("z"),))
    with pytest.raises(Invalid) as refused:
        checked(replace(WORDS, stem=stem, detail=detail))
    assert list(refused.value.errors) == [field]
