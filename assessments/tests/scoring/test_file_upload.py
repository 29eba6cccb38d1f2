from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from assessments.enums import QuestionKind, Verdict
from assessments.exchange.moodle_xml import read_moodle_xml
from assessments.scoring.content import QuestionContent
from assessments.scoring.file_upload import Uploads
from assessments.scoring.registry import body_of, checked, key_of, read_answer, type_of
from assessments.scoring.score import score_answer
from assessments.tests.factories import CONTENTS
from lms.kernel.errors import Invalid

ASKED = CONTENTS[QuestionKind.FILE_UPLOAD]


def asking(**changes: Any) -> QuestionContent:
    return replace(ASKED, detail=replace(ASKED.detail, **changes))  # type: ignore[type-var]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kinds": ("exe",)}, "kinds"),
        ({"kinds": ("pdf", "html")}, "kinds"),
        ({"most": 0}, "most"),
        ({"most": 21}, "most"),
        ({"max_mb": 0}, "max_mb"),
        ({"max_mb": 51}, "max_mb"),
    ],
)
def test_what_the_site_does_not_take_cannot_be_asked_for(
    changes: dict[str, Any], field: str
) -> None:
    assert checked(asking(kinds=(), most=20, max_mb=50))
    with pytest.raises(Invalid) as refused:
        checked(asking(**changes))
    assert list(refused.value.errors) == [field]


def test_the_notes_are_a_part_of_the_key_alone() -> None:  # Z5
    assert key_of(ASKED) == {"notes": "Look for **dates**."}
    assert body_of(ASKED, str) == {"kinds": ["txt", "pdf"], "most": 2, "max_mb": 1}


@pytest.mark.parametrize(
    "raw",
    [
        "notes.txt",
        ["a"],
        {},
        {"files": "a"},
        {"files": ["a"]},
        {"files": [{}]},
        {"files": [{"id": 7}]},
        {"files": [{"id": ""}]},
        {"files": [{"id": "x" * 23}]},
        {"files": [{"id": "a"}, {"id": "b"}, {"id": "c"}]},
    ],
)
def test_answers_of_another_shape_are_refused(raw: object) -> None:
    with pytest.raises(Invalid) as refused:
        read_answer(ASKED, raw)
    assert list(refused.value.errors) == ["answer"]


def test_an_answer_names_each_file_once_and_nothing_else() -> None:
    given = {"files": [{"id": "a", "name": "mine"}, {"id": "a"}], "more": 1}
    assert read_answer(ASKED, given) == {"files": [{"id": "a"}]}
    assert read_answer(ASKED, {"files": []}) is None


def test_a_person_says_what_it_is_worth() -> None:
    scored = score_answer(ASKED, {"files": [{"id": "a", "name": "a.txt"}]}, Decimal(5))
    assert (scored.score, scored.verdict) == (None, Verdict.WAITING)
    assert score_answer(ASKED, None, Decimal(5)).score == 0


def test_it_says_what_may_be_handed_in() -> None:
    kind = type_of(QuestionKind.FILE_UPLOAD)
    assert kind.shown(body_of(ASKED, str), [], None, None).rule == (
        "Hand in up to 2 files of at most 1 MB each. Accepted: .txt, .pdf. "
        "A person marks this answer."
    )
    answer: Any = {"files": [{"id": "a", "name": "a.txt"}, {"id": "b", "name": "b.pdf"}]}
    assert kind.summary(ASKED, answer) == "a.txt, b.pdf"
    assert [one.words for one in kind.counted(ASKED, answer)] == ["2 files"]


MOODLE = """<quiz><question type="essay"><name><text>Notes</text></name>
<questiontext format="html"><text>Bring notes.</text></questiontext>
<responseformat>noinline</responseformat><attachments>-1</attachments>
<maxbytes>2097153</maxbytes><filetypeslist>.pdf,.exe</filetypeslist></question></quiz>"""


def test_a_moodle_essay_without_text_is_a_file_upload() -> None:
    (taken,) = read_moodle_xml(MOODLE.encode()).taken
    assert taken.content.detail == Uploads(kinds=("pdf",), most=20, max_mb=3)
    assert list(taken.lost) == ["Files of the kind “exe” are not accepted here."]
