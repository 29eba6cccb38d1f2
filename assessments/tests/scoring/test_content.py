import itertools
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.enums import Difficulty, QuestionKind, ToleranceKind
from assessments.scoring.content import Option, QuestionContent, check_points
from assessments.scoring.registry import (
    body_of,
    checked,
    content_of,
    drafted,
    key_of,
    problem_of,
    read_answer,
    with_ids,
)
from assessments.scoring.sameness import fingerprint
from assessments.tests.scoring.strategies import contents
from lms.kernel.errors import Invalid

A, B = Option(text="Ja", id="a", correct=True), Option(text="Nein", id="b", feedback="No.")
SINGLE = QuestionContent(kind=QuestionKind.SINGLE_CHOICE, stem="Is it?", options=(A, B))
MULTIPLE = replace(SINGLE, kind=QuestionKind.MULTIPLE_CHOICE)
TRUTH = QuestionContent(kind=QuestionKind.TRUE_FALSE, stem="Is it?", truth=False)
SHORT = QuestionContent(kind=QuestionKind.SHORT_ANSWER, stem="Name it.", accepted=("Quito",))
NUMBER = QuestionContent(kind=QuestionKind.NUMERIC, stem="Weigh it.", value="12,5")


@pytest.mark.parametrize("content", [SINGLE, MULTIPLE, TRUTH, SHORT, NUMBER])
def test_checked_returns_sound_content_unchanged(content: QuestionContent) -> None:
    assert checked(content) == content


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (replace(SINGLE, stem="  "), "stem"),
        (replace(SINGLE, stem="a\x00b"), "stem"),
        (replace(SINGLE, stem="a\ud800b"), "stem"),
        (replace(SINGLE, stem="x" * 20_001), "stem"),
        (replace(SINGLE, explanation="\x00"), "explanation"),
        (replace(SINGLE, points=Decimal(0)), "points"),
        (replace(SINGLE, points=Decimal(-1)), "points"),
        (replace(SINGLE, points=Decimal("500.0001")), "points"),
        (replace(SINGLE, points=Decimal("1.00001")), "points"),
        (replace(SINGLE, points=Decimal("NaN")), "points"),
        (replace(SINGLE, options=(A,)), "options"),
        (replace(SINGLE, options=(A, replace(B, text=" "))), "options"),
        (replace(SINGLE, options=(A, replace(B, text="Ja "))), "options"),
        (replace(SINGLE, options=(A, replace(B, id="a"))), "options"),
        (replace(SINGLE, options=(A, replace(B, text="\x00"))), "options"),
        (replace(SINGLE, options=(A, replace(B, feedback="\x00"))), "options"),
        (replace(SINGLE, options=(A, replace(B, correct=True))), "options"),
        (replace(SINGLE, options=(B, replace(A, correct=False))), "options"),
        (replace(SINGLE, options=tuple(Option(text=str(n)) for n in range(21))), "options"),
        (replace(MULTIPLE, options=(B, replace(A, correct=False))), "options"),
        (replace(MULTIPLE, penalty=Decimal("100.01")), "penalty"),
        (replace(MULTIPLE, penalty=Decimal(-1)), "penalty"),
        (replace(TRUTH, truth=None), "truth"),
        (replace(SHORT, accepted=()), "accepted"),
        (replace(SHORT, accepted=("Quito", "\u00a0 ")), "accepted"),
        (replace(SHORT, accepted=("x" * 201,)), "accepted"),
        (replace(SHORT, accepted=tuple(map(str, range(51)))), "accepted"),
        (replace(NUMBER, value="twelve"), "value"),
        (replace(NUMBER, tolerance="-0.1"), "tolerance"),
        (replace(NUMBER, tolerance=""), "tolerance"),
        (
            replace(NUMBER, value="0", tolerance="0.1", tolerance_kind=ToleranceKind.RELATIVE),
            "tolerance",
        ),
        (replace(NUMBER, unit="\x00"), "unit"),
    ],
)
def test_checked_refuses_and_names_the_field(content: QuestionContent, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked(content)
    assert list(refused.value.errors) == [field]


def test_check_points_names_the_field_it_is_told() -> None:
    with pytest.raises(Invalid) as refused:
        check_points(Decimal(0), field="items")
    assert list(refused.value.errors) == ["items"]


def test_with_ids_fills_only_missing_ids() -> None:
    fresh = map("n{}".format, itertools.count())
    content = replace(SINGLE, options=(replace(A, id=""), B))
    assert [o.id for o in with_ids(content, lambda: next(fresh)).options] == ["n0", "b"]


@given(content=contents)
def test_content_survives_being_taken_apart(content: QuestionContent) -> None:
    content = replace(content, difficulty=Difficulty.HARD, explanation="So.", points=Decimal("2.5"))
    content = replace(content, hints=("Think *hot*.", "It begins with B."))
    body = json.loads(json.dumps(body_of(content, render=str.upper)))
    key = json.loads(json.dumps(key_of(content)))
    again = content_of(
        kind=content.kind,
        stem=content.stem,
        body=body,
        key=key,
        explanation="So.",
        points=Decimal("2.5"),
        difficulty="hard",
    )
    assert again == content


@given(content=contents, data=st.data())
def test_a_draft_is_kept_whole_or_refused(content: QuestionContent, data: st.DataObject) -> None:
    lost = data.draw(st.sampled_from(["options", "accepted", "value", "truth", "detail", "hints"]))
    empty: dict[str, Any] = {
        "options": (),
        "accepted": (),
        "value": "",
        "truth": None,
        "detail": None,
        "hints": (),
    }
    content = replace(content, **{lost: empty[lost]})
    try:
        kept = drafted(content)
    except Invalid:
        assert problem_of(content) is not None
        return
    assert kept == content
    again = content_of(
        kind=content.kind,
        stem=content.stem,
        points=content.points,
        body=body_of(content, render=str),
        key=key_of(content),
    )
    assert again == content


def test_a_draft_needs_no_right_option_but_words_that_can_be_stored() -> None:
    none_right = replace(SINGLE, options=(replace(A, correct=False), B))
    assert drafted(none_right) == none_right
    assert list(problem_of(none_right).errors) == ["options"]  # type: ignore[union-attr]
    assert problem_of(SINGLE) is None
    for broken in (
        replace(SINGLE, stem=" "),
        replace(SINGLE, options=(replace(A, text="\x00"), B)),
        replace(SINGLE, hints=("",)),
        replace(SINGLE, options=(A, replace(B, text="x" * 300_000))),
    ):
        with pytest.raises(Invalid):
            drafted(broken)


@pytest.mark.parametrize("hints", [(" ",), ("x" * 2001,), ("x",) * 11, ("\x00",)])
def test_hints_are_few_and_say_something(hints: tuple[str, ...]) -> None:
    with pytest.raises(Invalid) as refused:
        checked(replace(SINGLE, hints=hints))
    assert list(refused.value.errors) == ["hints"]


@given(content=contents)
def test_hints_are_kept_with_the_key(content: QuestionContent) -> None:  # Z5
    hinted = replace(content, hints=("Look at the colour.",))
    assert body_of(hinted, render=str) == body_of(content, render=str)
    assert key_of(hinted) == {**key_of(content), "hints": ["Look at the colour."]}
    assert fingerprint(hinted) == fingerprint(content)


@given(content=contents)
def test_body_holds_nothing_of_the_key(content: QuestionContent) -> None:  # Z5
    body = body_of(content, render=str)
    lists = {"options", "prompts", "choices", "items", "blanks"}
    told = {"unit", "unit_rule", "digits_rule", "digits", "spelling", "credit", "partial_credit"}
    assert set(body) <= {*lists, *told, "image"}
    for blank in body.get("blanks", ()):
        assert set(blank) == {"id", "choices"}
        assert [one["id"] for one in blank["choices"]] == sorted(o["id"] for o in blank["choices"])
        assert all(set(one) == {"id", "text", "html", "words"} for one in blank["choices"])
    for name in lists - {"blanks"}:
        assert all(set(one) <= {"id", "text", "html", "words"} for one in body.get(name, ()))
    for name in ("choices", "items"):  # in the order of ids, which are random
        ids = [one["id"] for one in body.get(name, ())]
        assert ids == sorted(ids)


def test_body_renders_each_option() -> None:
    assert body_of(SINGLE, render=str.upper)["options"] == [
        {"id": "a", "text": "Ja", "html": "JA"},
        {"id": "b", "text": "Nein", "html": "NEIN"},
    ]


def test_key_keeps_feedback_only_where_there_is_some() -> None:
    assert key_of(SINGLE) == {"correct": ["a"], "feedback": {"b": "No."}}


@pytest.mark.parametrize(
    ("content", "raw", "stored"),
    [
        (SINGLE, "b", "b"),
        (MULTIPLE, ["b", "a", "b"], ["a", "b"]),
        (MULTIPLE, [], None),
        (TRUTH, True, True),
        (SHORT, "  Quito\n", "Quito"),
        (SHORT, " ", None),
        (NUMBER, " 12,50 ", "12,50"),
        (NUMBER, "", None),
        (NUMBER, None, None),
    ],
)
def test_read_answer_returns_the_stored_form(
    content: QuestionContent, raw: object, stored: object
) -> None:
    assert read_answer(content, raw) == stored


@pytest.mark.parametrize(
    ("content", "raw"),
    [
        (SINGLE, "c"),
        (SINGLE, ["a"]),
        (SINGLE, 1),
        (MULTIPLE, "a"),
        (MULTIPLE, ["c"]),
        (MULTIPLE, [["a"]]),
        (MULTIPLE, [None]),
        (TRUTH, "true"),
        (TRUTH, 1),
        (SHORT, 5),
        (SHORT, "x" * 501),
        (SHORT, "\x00"),
        (NUMBER, 12.5),
        (NUMBER, True),
        (NUMBER, "about 12"),
        (NUMBER, {"value": 12}),
    ],
)
def test_read_answer_refuses_another_shape(content: QuestionContent, raw: object) -> None:
    with pytest.raises(Invalid) as refused:
        read_answer(content, raw)
    assert list(refused.value.errors) == ["answer"]
