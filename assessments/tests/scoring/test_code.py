from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from assessments.enums import QuestionKind, Verdict
from assessments.scoring.code import CodeTest, Ran, earned, passes
from assessments.scoring.content import QuestionContent
from assessments.scoring.registry import (
    body_of,
    checked,
    content_of,
    key_of,
    read_answer,
    type_of,
    with_ids,
)
from assessments.scoring.score import score_answer
from assessments.tests.factories import CONTENTS
from lms.kernel.errors import Invalid

GIVEN = CONTENTS[QuestionKind.CODE]


def numbered() -> QuestionContent:
    fresh = iter("abc")
    return with_ids(GIVEN, lambda: next(fresh))


def asking(**changes: Any) -> QuestionContent:
    return replace(GIVEN, detail=replace(GIVEN.detail, **changes))  # type: ignore[type-var]


def call(expected: str) -> CodeTest:
    return CodeTest(given="f()", expected=expected, call=True)


def test_hidden_tests_and_the_solution_are_in_the_key_alone() -> None:  # Z5
    content = numbered()
    body, key = body_of(content, str), key_of(content)
    assert "add(-1" not in str(body)
    assert "return a + b" not in str(body)
    assert [row["given"] for row in body["examples"]] == ["add(2, 3)", "4\n5\n"]
    assert body["hidden"] == 1
    back = content_of(kind="code", stem=content.stem, body=body, key=key, points=content.points)
    assert back == content


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"tests": ()}, "tests"),
        ({"tests": (call("1"),) * 21}, "tests"),
        ({"tests": (CodeTest(given="", expected="  "),)}, "tests"),
        ({"tests": (CodeTest(given="1 +", expected="1", call=True),)}, "tests"),
        ({"tests": (CodeTest(given="import os", expected="1", call=True),)}, "tests"),
        ({"tests": (CodeTest(given="", expected="1", weight=0),)}, "tests"),
        ({"tests": (CodeTest(given="", expected="x" * 10_001),)}, "tests"),
        ({"seconds": 0}, "seconds"),
        ({"seconds": 11}, "seconds"),
        ({"memory_mb": 15}, "memory_mb"),
        ({"memory_mb": 257}, "memory_mb"),
    ],
)
def test_what_cannot_be_tested_is_refused(changes: dict[str, Any], field: str) -> None:
    assert checked(GIVEN)
    with pytest.raises(Invalid) as refused:
        checked(asking(**changes))
    assert list(refused.value.errors) == [field]


@pytest.mark.parametrize(
    ("expected", "value", "same"),
    [
        ("5", "5", True),
        ("5", "5.0", True),
        ("5", "6", False),
        ("0.3", "0.30000000000000004", True),
        ("0.3", "0.31", False),
        ("[1, 2.0]", "[1, 2.0000000000000001]", True),
        ("[1, 2]", "(1, 2)", False),
        ("[1, 2]", "[1, 2, 3]", False),
        ("True", "1", False),
        ("1", "True", False),
        ("{'a': [0.1]}", "{'a': [0.1]}", True),
        ("{'a': 1}", "{'b': 1}", False),
        ("{1, 2}", "{2, 1}", True),
        ("'a'", '"a"', True),
        ("None", "None", True),
        ("Point(x=1)", "Point(x=1)", True),
        ("Point(x=1)", "Point(x=2)", False),
        ("1", "1" + "0" * 25_000, False),
        ("10.0", "1" + "0" * 4_000, False),
        ("1", "(" * 5_000, False),
        ("1", "", False),
    ],
)
def test_values_are_compared_as_literals(expected: str, value: str, same: bool) -> None:
    assert passes(call(expected), out="", value=value) is same


@pytest.mark.parametrize(
    ("expected", "out", "same"),
    [
        ("9", "9\n", True),
        ("9", "9", True),
        ("a\nb", "a  \r\nb\n\n", True),
        ("a b", "a  b", False),
        (" a", "a", False),
        ("a", "a\nb", False),
    ],
)
def test_output_is_compared_by_lines(expected: str, out: str, same: bool) -> None:
    assert passes(CodeTest(given="", expected=expected), out=out, value="") is same


@pytest.mark.parametrize(
    ("passed", "share", "whole"),
    [("", "0", "0"), ("a", "0.25", "0"), ("ab", "0.75", "0"), ("abc", "1", "1")],
)
def test_points_go_by_the_weight_of_passed_tests_or_all_or_nothing(
    passed: str, share: str, whole: str
) -> None:
    results = [Ran(id=one, passed=one in passed, ended="done", ms=1, hidden=False) for one in "abc"]
    assert earned(numbered(), results) == Decimal(share)
    assert earned(replace(numbered(), partial_credit=False), results) == Decimal(whole)


def test_an_answer_waits_for_its_job() -> None:
    assert read_answer(GIVEN, "print(1)\r\n") == "print(1)\n"
    assert read_answer(GIVEN, "def add(a, b):\n    ...\n\n") is None
    for odd in (7, ["print(1)"], "x" * 20_001, "a\0b"):
        with pytest.raises(Invalid):
            read_answer(GIVEN, odd)
    scored = score_answer(GIVEN, "print(1)", Decimal(4))
    assert (scored.score, scored.verdict) == (None, Verdict.WAITING)
    rule = type_of(QuestionKind.CODE).shown(body_of(GIVEN, str), [], None, None).rule
    assert rule == (
        "Each test that passes earns its share. 1 test is not shown. Each may take 2 s and 64 MB. "
        "It is tested after you hand in."
    )
