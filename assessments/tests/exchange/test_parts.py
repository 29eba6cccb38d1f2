"""Questions of several parts out of other systems: what comes, and what is said to be lost."""

from decimal import Decimal

import pytest

from assessments.enums import QuestionKind
from assessments.exchange.gift import read_gift
from assessments.exchange.moodle_xml import read_moodle_xml
from assessments.exchange.reading import Reading
from assessments.scoring.cloze import Blank, Blanks
from assessments.scoring.matching import ExtraChoice, Pair, Pairs
from assessments.scoring.ordering import Item, Items


def read(kind: str, inside: str, stem: str = "<p>Do it.</p>") -> Reading:
    text = f'<questiontext format="html"><text><![CDATA[{stem}]]></text></questiontext>'
    xml = f'<quiz><question type="{kind}">{text}{inside}</question></quiz>'
    return read_moodle_xml(xml.encode())


def test_matching_of_moodle() -> None:
    inside = """
      <shuffleanswers>true</shuffleanswers>
      <subquestion format="html"><text>&lt;b&gt;Basalt&lt;/b&gt;</text>
        <answer><text>igneous</text></answer></subquestion>
      <subquestion format="html"><text>Chalk</text><answer><text>sedimentary</text></answer>
      </subquestion>
      <subquestion format="html"><text></text><answer><text>meteoric</text></answer></subquestion>
    """
    (taken,) = read("matching", inside).taken
    assert taken.content.detail == Pairs(
        (Pair("**Basalt**", "igneous"), Pair("Chalk", "sedimentary")), (ExtraChoice("meteoric"),)
    )
    assert (taken.content.partial_credit, taken.lost) == (True, ())


def test_matching_of_gift() -> None:
    text = r"Match. {=a -\> b -> 1 =c \= d -> 2 = -> 3 ####So.}"
    (taken,) = read_gift(text).taken
    assert taken.content.detail == Pairs(
        (Pair("a -> b", "1"), Pair("c = d", "2")), (ExtraChoice("3"),)
    )
    assert taken.content.explanation == "So."
    (left,) = read_gift("Match. {=a -> 1 =b}").left
    assert left.reason == "A pair of this matching has no arrow."


@pytest.mark.parametrize(
    ("grading", "partial", "lost"),
    [
        ("LONGEST_ORDERED_SUBSET", True, ()),
        ("ABSOLUTE_POSITION", True, ("Parts of the points are given by another rule here.",)),
        ("ALL_OR_NOTHING", False, ()),
    ],
)
def test_ordering_of_moodle(*, grading: str, partial: bool, lost: tuple[str, ...]) -> None:
    items = "".join(f'<answer format="plain_text"><text>{n}</text></answer>' for n in "abc")
    (taken,) = read("ordering", f"<gradingtype>{grading}</gradingtype>{items}").taken
    assert taken.content.detail == Items((Item("a"), Item("b"), Item("c")))
    assert (taken.content.partial_credit, taken.lost) == (partial, lost)


def boxes(name: str, *words: str) -> str:
    return "".join(
        f"<{name}><text>{word}</text><group>{group}</group></{name}>"
        for word, _colon, group in (one.partition(":") for one in words)
    )


def test_words_for_gaps_of_moodle_are_renumbered() -> None:
    inside = boxes("dragbox", "cat:1", "dog:1", "mat:1")
    (taken,) = read("ddwtos", inside, "<p>The [[1]] sat on the [[3]].</p>").taken
    assert taken.content.stem == "The [[1]] sat on the [[2]]."
    assert taken.content.detail == Pairs(
        (Pair("1", "cat"), Pair("2", "mat")), (ExtraChoice("dog"),)
    )
    grouped = read("ddwtos", boxes("dragbox", "cat:1", "mat:2"), "[[1]] [[2]]").taken[0]
    assert grouped.lost == ("Groups of words are not kept: every word may go into every gap.",)
    (left,) = read("ddwtos", inside, "The [[9]].").left
    assert left.reason == "A gap names a word that is not there."


def test_menus_of_moodle_become_blanks() -> None:
    inside = boxes("selectoption", "cat:1", "mat:2", "dog:1", "rug:2")
    (taken,) = read("gapselect", inside, "<p>The [[3]] sat on the [[2]].</p>").taken
    assert taken.content.kind == QuestionKind.CLOZE
    assert taken.content.stem == "The [[1]] sat on the [[2]]."
    assert taken.content.detail == Blanks(
        (Blank(accepted=("dog",), wrong=("cat",)), Blank(accepted=("mat",), wrong=("rug",)))
    )


def test_embedded_answers_of_moodle() -> None:
    stem = r"""<p>Basalt is {2:SHORTANSWER:=cooled#Yes!~%50%frozen~%100%solid \} rock} lava with
      {:MC:small~=tiny &amp; few} <b>crystals</b>.</p>"""
    (taken,) = read("cloze", "", stem).taken
    assert taken.content.stem.split() == (
        ["Basalt", "is", "[[1]]", "lava", "with", "[[2]]", "**crystals**."]
    )
    assert taken.content.detail == Blanks(
        (
            Blank(accepted=("cooled", "solid } rock"), weight=2),
            Blank(accepted=("tiny & few",), wrong=("small",)),
        )
    )
    assert (taken.content.match_case, taken.content.points) == (False, Decimal(1))
    assert taken.lost == (
        "Feedback on the answers is not kept.",
        "“frozen” earned a part of the points; it is not accepted here.",
    )


def test_embedded_answers_that_cannot_come_say_why() -> None:
    (left,) = read("multianswer", "", "It is {1:NUMERICAL:=3:0.1} m.").left
    assert left.reason == "It has a gap of the kind “NUMERICAL”, which is not supported."
    mixed = read("cloze", "", "{1:SA:=a} {1:SAC:=B}").taken[0]
    assert mixed.content.match_case
    assert mixed.lost == ("Upper and lower case matter in all gaps or in none; here in all.",)
    many = read("cloze", "", "{1:SA:=a} " * 21)
    assert [one.reason for one in many.left] == ["It has too many gaps."]


@pytest.mark.parametrize(
    ("weights", "penalty", "lost"),
    [
        (("50", "50", "-50"), "100", ()),
        (("50", "50", "-25"), "50", ()),
        (("50", "50", "0"), "0", ()),
        (("33.33333", "33.33333", "33.33333", "-11.11111"), "33.33", ()),
        (
            ("50", "50", "-100"),
            "100",
            ("A wrong choice cost another share; here it costs what a right one earns.",),
        ),
    ],
)
def test_what_wrong_choices_cost(
    weights: tuple[str, ...], penalty: str, lost: tuple[str, ...]
) -> None:
    answers = "".join(
        f'<answer fraction="{one}" format="plain_text"><text>{n}</text></answer>'
        for n, one in enumerate(weights)
    )
    (taken,) = read("multichoice", f"<single>false</single>{answers}").taken
    assert (taken.content.penalty, taken.lost) == (Decimal(penalty), lost)
