"""Files of others: what comes, what is lost, what is refused and at which line."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.enums import QuestionKind
from assessments.exchange.aiken import read_aiken
from assessments.exchange.gift import read_gift
from assessments.exchange.moodle_xml import read_moodle_xml
from assessments.exchange.reading import MAX_BYTES, Reading, Unreadable, decoded
from assessments.exchange.xml_tree import parse_xml
from assessments.scoring.content import Accepted
from assessments.scoring.matching import Pair, Pairs
from assessments.scoring.score import score_answer
from assessments.tests.factories import CONTENTS

GIFT = r"""// A file of somebody else's.
$CATEGORY: Geology/Rocks

::Q1:: Which stone is volcanic? {
  =Basalt # It cooled from lava.

  ~Chalk ~%50%Tuff
}

// [id:7] [tag:rocks]
Two plus two equals {=four =4 =%50%five} in any language.

[html]<p>Is <b>granite</b> hard?</p><img src="@@PLUGINFILE@@/g.png"> {TRUE#No!#Yes! ####Feldspar.}

How tall is it? {#324:1}

How tall, roughly? {#300..340}

Which are prime? {~%50%2 ~%50%3 ~%-100%4}

Match them. {=a -> 1 =b -> 2}

Tell a story. {}

Only a text.

{} and {} again {}

A brace \{ and a colon \: {=yes}
"""


def kinds(reading: Reading) -> list[str]:
    return [str(one.content.kind) for one in reading.taken]


def test_gift_of_others_comes_with_a_report() -> None:
    reading = read_gift(GIFT)
    assert kinds(reading) == [
        "single_choice",
        "short_answer",
        "true_false",
        "numeric",
        "numeric",
        "multiple_choice",
        "matching",
        "essay",
        "short_answer",
    ]
    first, second, third, fourth, fifth, sixth, pairs, _essay, last = reading.taken
    assert first.line == 4
    assert [(o.text, o.correct, o.feedback) for o in first.content.options] == [
        ("Basalt", True, "It cooled from lava."),
        ("Chalk", False, ""),
        ("Tuff", False, ""),
    ]
    assert first.lost == ("“Tuff” was worth 50 %; here it is worth nothing.",)
    assert second.content.stem == "Two plus two equals _____ in any language."
    assert second.content.accepted == ("four", "4")
    assert [(one.text, one.share) for one in second.content.answers] == [("five", Decimal(50))]
    assert (second.lost, second.filed.tags) == ((), ("rocks",))
    assert third.content.stem == "Is **granite** hard?"
    assert (third.content.truth, third.content.explanation) == (True, "Feldspar.")
    assert set(third.lost) == {
        "Pictures did not come along.",
        "Links to files of the other system do not work here.",
        "Feedback on the answers is not kept.",
    }
    assert (fourth.content.value, fourth.content.tolerance) == ("324", "1")
    assert (fifth.content.value, fifth.content.tolerance) == ("320", "20")
    assert [o.correct for o in sixth.content.options] == [True, True, False]
    assert sixth.lost == (
        "A wrong choice cost another share; here it costs what a right one earns.",
    )
    assert pairs.content.detail == Pairs((Pair("a", "1"), Pair("b", "2")))
    assert last.content.stem == "A brace { and a colon :"
    assert [(one.line, one.reason) for one in reading.left] == [
        (25, "This is a text without a question."),
        (27, "It has more than one gap."),
    ]
    assert reading.notes == [
        "Titles of questions are not kept; the list shows their first words.",
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Fine? {T}\n\nNever closed {=a\n~b\n", 3),
        ("Nested {=a {b} }", 1),
        ("Closed too often {=a}}", 1),
        ("Fine? {T}\n\n::No end of the title {=a}", 3),
    ],
)
def test_broken_gift_is_refused_whole_with_its_line(text: str, line: int) -> None:
    with pytest.raises(Unreadable) as refused:
        read_gift(text)
    assert refused.value.line == line
    assert refused.value.detail.startswith(f"Line {line}: ")


def test_gift_that_cannot_be_asked_is_left_and_says_why() -> None:
    reading = read_gift("Nothing right {~a ~b}\n\nOne option {=a ~a}\n\nNo number {#many}")
    assert reading.taken == []
    assert [one.line for one in reading.left] == [1, 3, 5]
    assert reading.left[2].reason == "“many” is no number."


AIKEN = """Which stone is volcanic?
A. Chalk
B) Basalt
ANSWER: B

Is it
heavy?
A. Yes
B. No
ANSWER: A
"""


def test_aiken_comes_whole() -> None:
    first, second = read_aiken(AIKEN).taken
    assert [o.correct for o in first.content.options] == [False, True]
    assert (second.line, second.content.stem) == (6, "Is it heavy?")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Q?\nA. x\nC. y\nANSWER: A", 3),
        ("Q?\nA. x\nB. y\nANSWER: C", 4),
        ("Q?\nA. x\nB. y\n", 1),
        ("Q?\nA. x\nwhat is this\nANSWER: A", 3),
    ],
)
def test_broken_aiken_is_refused_whole_with_its_line(text: str, line: int) -> None:
    with pytest.raises(Unreadable) as refused:
        read_aiken(text)
    assert refused.value.line == line


XML = b"""<?xml version="1.0" encoding="UTF-8"?>
<quiz>
  <question type="category"><category><text>$course$/top</text></category></question>
  <question type="multichoice">
    <name><text>Stones</text></name>
    <questiontext format="html"><text><![CDATA[<p>Which are <em>volcanic</em>?</p>
      <script>alert(1)</script>]]></text><file name="a.png">AAAA</file></questiontext>
    <generalfeedback format="html"><text>&lt;p&gt;Lava.&lt;/p&gt;</text></generalfeedback>
    <defaultgrade>2.0000000</defaultgrade>
    <penalty>0.3333333</penalty>
    <single>false</single>
    <answer fraction="50"><text>Basalt</text><feedback><text>Yes.</text></feedback></answer>
    <answer fraction="50" format="html"><text>Tuff</text></answer>
    <answer fraction="-50" format="html"><text>Chalk</text></answer>
    <hint format="html"><text>Think hot.</text></hint>
    <tags><tag><text>geology</text></tag></tags>
  </question>
  <question type="numerical">
    <questiontext format="markdown"><text>How *tall*?</text></questiontext>
    <answer fraction="100"><text>324</text><tolerance>1</tolerance></answer>
    <units><unit><multiplier>1</multiplier><unit_name>m</unit_name></unit></units>
  </question>
  <question type="ddimageortext"><name><text>Pairs</text></name></question>
  <question type="truefalse">
    <questiontext format="plain_text"><text>So?</text></questiontext>
    <answer fraction="0"><text>true</text></answer>
  </question>
</quiz>
"""


def test_moodle_xml_of_others_comes_with_a_report() -> None:
    reading = read_moodle_xml(XML)
    assert kinds(reading) == ["multiple_choice", "numeric"]
    first, second = reading.taken
    assert (first.line, first.content.stem) == (4, "Which are *volcanic*?")
    assert (first.content.explanation, first.content.points) == ("Lava.", Decimal(2))
    assert first.content.partial_credit
    assert [(o.text, o.correct, o.feedback) for o in first.content.options] == [
        ("Basalt", True, "Yes."),
        ("Tuff", True, ""),
        ("Chalk", False, ""),
    ]
    assert set(first.lost) == {
        "Pictures did not come along.",
        "Scripts, styles and forms were left out.",
    }
    assert first.content.hints == ("Think hot.",)
    assert first.filed.tags == ("geology",)
    assert (second.content.stem, second.content.unit) == ("How *tall*?", "m")
    assert (second.content.value, second.content.tolerance) == ("324", "1")
    assert [(one.line, one.title, one.reason) for one in reading.left] == [
        (23, "Pairs", "The type “ddimageortext” is not supported yet."),
        (24, "So?", "It does not say whether it is true."),
    ]


BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;">]>
<quiz>&lol2;</quiz>"""
OUTSIDE = b'<!DOCTYPE quiz SYSTEM "file:///etc/passwd"><quiz></quiz>'
ENTITY = b'<!DOCTYPE q [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz>&x;</quiz>'


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (BOMB, 2, "A DOCTYPE is not allowed."),
        (OUTSIDE, 1, "A DOCTYPE is not allowed."),
        (ENTITY, 1, "A DOCTYPE is not allowed."),
        (b"<quiz>\n<question>\n</quiz>", 3, "mismatched tag"),
        (b"<quiz>&nbsp;</quiz>", 1, "undefined entity"),
        (b"", 1, "no element found"),
        (b"<html></html>", 1, "begins with <quiz>"),
        (b"<?xml version='1.0' encoding='klingon'?><quiz/>", 1, ""),
        (b"<quiz>\n\xff\xfe</quiz>", 2, "not well-formed"),
        (b"<a>" * 60, 1, "nested too deeply"),
        (
            b'<quiz>\n<question type="multichoice"><answer fraction="lots"/></question></quiz>',
            2,
            "no number",
        ),
    ],
)
def test_hostile_and_broken_xml_is_refused_with_its_line(
    data: bytes, line: int, words: str
) -> None:  # C7
    with pytest.raises(Unreadable) as refused:
        read_moodle_xml(data)
    assert refused.value.line == line
    assert words in refused.value.detail


@pytest.mark.parametrize(
    ("data", "line"),
    [(b"fine\nna\xefve", 2), (b"a\nb\x00", 2), (b"x" * (MAX_BYTES + 1), 0)],
)
def test_wrongly_encoded_and_huge_files_are_refused(data: bytes, line: int) -> None:
    with pytest.raises(Unreadable) as refused:
        decoded(data)
    assert refused.value.line == line


def test_utf16_with_its_mark_is_read() -> None:
    assert decoded("Is 5 € much? {T}".encode("utf-16")) == "Is 5 € much? {T}"


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_file_breaks_a_reader(data: bytes) -> None:
    for read in (
        lambda: read_moodle_xml(data),
        lambda: read_gift(decoded(data)),
        lambda: read_aiken(decoded(data)),
    ):
        with suppress(Unreadable):
            assert isinstance(read(), Reading)


def test_too_many_questions_are_refused() -> None:
    with pytest.raises(Unreadable):
        read_gift("Q {T}\n\n" * 1_001)


def test_a_tree_knows_its_lines() -> None:
    root = parse_xml(b"<a>\n<b>x</b>\n</a>")
    assert (root.line, root.children[0].line, root.said("b"), root.said("c")) == (1, 2, "x", "")


def test_a_type_that_a_format_lacks_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from assessments.exchange import gift, moodle_xml

    content = CONTENTS[QuestionKind.NUMERIC]
    for module, name in ((gift, "GIFT"), (moodle_xml, "Moodle XML")):
        monkeypatch.delitem(module._WRITERS, QuestionKind.NUMERIC)
        write = module.write_gift if module is gift else module.write_moodle_xml
        (left,) = write([CONTENTS[QuestionKind.TRUE_FALSE], content]).lost
        assert (left.line, left.reason) == (2, f"{name} has no questions of the type “Number”.")


def test_shares_stars_and_feedback_of_short_answers_come_along() -> None:
    text = "Name the process {=photosynthesis =%50%photo*#Say it whole. =%0%breathing#The reverse.}"
    (taken,) = read_gift(text).taken
    assert taken.lost == ()
    content = taken.content
    assert (content.accepted, content.wildcards) == (("photosynthesis",), True)
    assert content.answers == (
        Accepted("photo*", Decimal(50), "Say it whole."),
        Accepted("breathing", Decimal(0), "The reverse."),
    )


def test_a_star_behind_a_backslash_is_a_star() -> None:
    (taken,) = read_gift("Type it {=2\\\\*3}").taken
    assert (taken.content.accepted, taken.content.wildcards) == (("2*3",), False)


def test_what_earns_more_than_all_is_reported() -> None:
    (taken,) = read_gift("Name it {=yes =%-50%no}").taken
    assert taken.lost == ("“no” was worth -50 %; it is not kept.",)
    assert taken.content.answers == ()


UNITS = b"""<quiz><question type="numerical">
  <questiontext format="plain_text"><text>How far?</text></questiontext>
  <answer fraction="100"><text>1500</text><tolerance>10</tolerance></answer>
  <units>
    <unit><multiplier>1</multiplier><unit_name>m</unit_name></unit>
    <unit><multiplier>0.001</multiplier><unit_name>km</unit_name></unit>
    <unit><multiplier>3.28084</multiplier><unit_name>ft</unit_name></unit>
  </units>
  <unitgradingtype>1</unitgradingtype><unitpenalty>0.25</unitpenalty><showunits>0</showunits>
</question></quiz>"""


def test_moodle_units_come_with_their_factors_and_penalty() -> None:
    (taken,) = read_moodle_xml(UNITS).taken
    assert taken.lost == ()
    content = taken.content
    assert (content.unit, content.unit_rule, content.unit_cost) == ("m", "required", Decimal(25))
    assert [(one.name, one.factor) for one in content.units] == [
        ("km", "1000"),
        ("ft", "0.3047999902464"),
    ]
    assert score_answer(content, "1.5 km", Decimal(4)).score == 4
    assert score_answer(content, "1500 ft", Decimal(4)).score == 3
