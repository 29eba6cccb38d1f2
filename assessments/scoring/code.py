"""Code: a short Python program or function, tried by tests in a sandbox.

Nothing is run here. A job runs the answer (`services.code`), and gets from here which input each
test gives, whether what came out is what is expected, and what share of the points that makes. What
is expected is compared outside of the sandbox and never put into it.

`fraction` and `check_result` take results, not answers: a code answer is worth what its tests say.
"""

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.enums import QuestionKind
from assessments.scoring.content import QuestionContent, check_text, detail_of
from assessments.scoring.kinds import (
    NOTHING,
    Answer,
    Counted,
    Json,
    Marking,
    QuestionType,
    Render,
    Shown,
)
from lms.kernel.errors import Invalid

MAX_CODE: Final = 20_000  # characters
MAX_TESTS: Final = 20
MAX_IO: Final = 10_000
MOST_WEIGHT: Final = 100
SECONDS: Final = (1, 10)
MEMORY_MB: Final = (16, 256)
MAX_LITERAL: Final = 20_000
CLOSE: Final = 1e-9  # relative; how near decimals that a machine works out have to be


@dataclass(frozen=True, slots=True)
class CodeTest:
    """One test: `given` goes to the program, `expected` has to come out.

    With `call` `given` is an expression (`add(2, 3)`) that is worked out in the names of the
    program, and `expected` its value (`5`); otherwise they are what the program reads and writes.
    A `hidden` test is never shown to learners, nor is what their program does in it.
    """

    given: str
    expected: str
    call: bool = False
    hidden: bool = False
    weight: int = 1
    id: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """What a program begins with (`starter`), its tests and limits, and a right program if any."""

    starter: str = ""
    tests: tuple[CodeTest, ...] = ()
    seconds: int = 2
    memory_mb: int = 64
    solution: str = ""


@dataclass(frozen=True, slots=True)
class Ran:
    """How a test went: `ended` is the sandbox's word, `out` what a visible test saw, shortened."""

    id: str
    passed: bool
    ended: str
    ms: int
    hidden: bool
    out: str = ""


class CodeType(QuestionType):
    kind = QuestionKind.CODE
    marking = Marking.JOB

    def check(self, content: QuestionContent) -> None:
        code = detail_of(content, Code)
        check_text(code.starter, field="starter", limit=MAX_CODE)
        check_text(code.solution, field="solution", limit=MAX_CODE)
        if not 1 <= len(code.tests) <= MAX_TESTS:
            words = _("Give between 1 and %(most)s tests.") % {"most": MAX_TESTS}
            raise Invalid(words, field="tests")
        for number, test in enumerate(code.tests, start=1):
            _check_test(number, test)
        for name, value, (least, most) in (
            ("seconds", code.seconds, SECONDS),
            ("memory_mb", code.memory_mb, MEMORY_MB),
        ):
            if not least <= value <= most:
                words = _("This lies between %(least)s and %(most)s.")
                raise Invalid(words % {"least": least, "most": most}, field=name)

    def with_ids(self, content: QuestionContent, new_id: Callable[[], str]) -> QuestionContent:
        code = detail_of(content, Code)
        tests = tuple(one if one.id else replace(one, id=new_id()) for one in code.tests)
        return replace(content, detail=replace(code, tests=tests))

    def without_ids(self, content: QuestionContent) -> QuestionContent:
        code = detail_of(content, Code)
        tests = tuple(replace(one, id="") for one in code.tests)
        return replace(content, detail=replace(code, tests=tests))

    def body(self, content: QuestionContent, render: Render) -> dict[str, Any]:
        code = detail_of(content, Code)
        return {
            "starter": code.starter,
            "examples": [_row(one) for one in code.tests if not one.hidden],
            "hidden": sum(one.hidden for one in code.tests),
            "by_share": content.partial_credit,
            "seconds": code.seconds,
            "memory_mb": code.memory_mb,
        }

    def key(self, content: QuestionContent) -> dict[str, Any]:
        code = detail_of(content, Code)
        return {
            "hidden": [_row(one) for one in code.tests if one.hidden],
            "order": [one.id for one in code.tests],
            "solution": code.solution,
        }

    def fields(self, body: Json, key: Json) -> dict[str, Any]:
        tests = [CodeTest(**row) for row in body.get("examples", ())]
        tests += [CodeTest(**row, hidden=True) for row in key.get("hidden", ())]
        order = {one: place for place, one in enumerate(key.get("order", ()))}
        detail = Code(
            starter=str(body.get("starter", "")),
            tests=tuple(sorted(tests, key=lambda one: order.get(one.id, 0)) if order else tests),
            seconds=int(body.get("seconds", 2)),
            memory_mb=int(body.get("memory_mb", 64)),
            solution=str(key.get("solution", "")),
        )
        return {"detail": detail, "partial_credit": bool(body.get("by_share"))}

    def shown(self, body: Json, order: Sequence[str], answer: Answer, html: Render | None) -> Shown:
        return Shown(rule=_rule(body), settings=body)

    def read(self, content: QuestionContent, raw: object, /) -> Answer:
        """The program as it was typed; nothing, or what it began with, is no answer."""
        if not isinstance(raw, str):
            raise Invalid(_("Answer with a program, as text."), field="answer")
        text = raw.replace("\r\n", "\n")
        check_text(text, field="answer", limit=MAX_CODE)
        untouched = text.strip() == detail_of(content, Code).starter.strip()
        return None if untouched or not text.strip() else text

    def fraction(self, content: QuestionContent, answer: Answer) -> Decimal:
        """Nobody asks: the tests say what it is worth."""
        return NOTHING

    def solution(self, content: QuestionContent) -> Answer:
        return detail_of(content, Code).solution or None

    def counted(self, content: QuestionContent, answer: Answer) -> list[Counted]:
        """How long it is; no two programs say the same."""
        lines = len(str(answer).splitlines())
        words = ngettext("%(n)s line", "%(n)s lines", lines) % {"n": lines}
        return [Counted(choice="", words=words, right=False)]

    def extras(self, content: QuestionContent) -> dict[str, str]:
        """No format of another system writes it."""
        return {}


def passes(test: CodeTest, *, out: str, value: str) -> bool:
    """Whether what came out is what is expected.

    Output is compared line by line without white space at their ends; values as Python literals,
    decimals within 1e-9 of each other, and what is no literal by its text.
    """
    if not test.call:
        return _lines(out) == _lines(test.expected)
    expected, found = _literal(test.expected), _literal(value)
    if expected is None or found is None:
        return " ".join(value.split()) == " ".join(test.expected.split())
    return _same(expected[0], found[0])


def earned(content: QuestionContent, results: Sequence[Ran]) -> Decimal:
    """The share of the points, 0..1: by the weight of passed tests, or all or nothing."""
    tests = detail_of(content, Code).tests
    passed = {one.id for one in results if one.passed}
    whole = sum(one.weight for one in tests)
    got = sum(one.weight for one in tests if one.id in passed)
    if got == whole:
        return Decimal(1)
    return Decimal(got) / Decimal(whole) if content.partial_credit else NOTHING


def _check_test(number: int, test: CodeTest) -> None:
    said = {"number": number, "most": MAX_IO}
    if len(test.given) > MAX_IO or len(test.expected) > MAX_IO:
        words = _("Test %(number)s is longer than %(most)s characters.") % said
        raise Invalid(words, field="tests")
    check_text(test.given, field="tests", limit=MAX_IO)
    check_text(test.expected, field="tests", limit=MAX_IO)
    if not test.expected.strip():
        raise Invalid(_("Test %(number)s expects nothing.") % said, field="tests")
    if not 1 <= test.weight <= MOST_WEIGHT:
        words = _("The weight of test %(number)s lies between 1 and 100.") % said
        raise Invalid(words, field="tests")
    if test.call:
        try:
            ast.parse(test.given.strip(), mode="eval")
        except (SyntaxError, ValueError, RecursionError, MemoryError) as problem:
            words = _("Test %(number)s is no Python expression.") % said
            raise Invalid(words, field="tests") from problem


def _row(test: CodeTest) -> dict[str, Any]:
    return {
        "id": test.id,
        "given": test.given,
        "expected": test.expected,
        "call": test.call,
        "weight": test.weight,
    }


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.replace("\r\n", "\n").rstrip().split("\n")]


def _literal(text: str) -> tuple[Any] | None:
    """The value of a literal in a tuple of its own, None for what is none."""
    if len(text) > MAX_LITERAL:
        return None
    try:
        return (ast.literal_eval(text.strip()),)
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return None


def _same(expected: Any, found: Any) -> bool:
    """Equal, and of the same type but for numbers; decimals close, also inside of lists."""
    if _is_number(expected) and _is_number(found):
        exact = isinstance(expected, int) and isinstance(found, int)
        return bool(expected == found) if exact else _close(expected, found)
    if type(expected) is not type(found):
        return False
    if isinstance(expected, (list, tuple)):
        pairs = zip(expected, found, strict=False)
        return len(expected) == len(found) and all(_same(*pair) for pair in pairs)
    if isinstance(expected, Mapping):
        same_names = expected.keys() == found.keys()
        return same_names and all(_same(one, found[name]) for name, one in expected.items())
    return bool(expected == found)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _close(one: float, two: float) -> bool:
    try:
        return math.isclose(one, two, rel_tol=CLOSE, abs_tol=1e-12)
    except OverflowError:
        return False


def _rule(body: Json) -> str:
    """How it is scored, in words."""
    hidden = int(body.get("hidden", 0))
    parts = [
        _("Each test that passes earns its share.")
        if body.get("by_share")
        else _("All tests have to pass.")
    ]
    if hidden:
        words = ngettext("%(n)s test is not shown.", "%(n)s tests are not shown.", hidden)
        parts.append(words % {"n": hidden})
    limits = _("Each may take %(seconds)s s and %(memory)s MB.")
    said = {"seconds": body.get("seconds", 2), "memory": body.get("memory_mb", 64)}
    return " ".join([*parts, limits % said, _("It is tested after you hand in.")])
