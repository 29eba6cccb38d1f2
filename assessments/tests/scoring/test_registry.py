"""Each type has all its parts, so that a new one cannot be forgotten half way."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template
from hypothesis import given

from assessments.enums import QuestionKind
from assessments.forms.questions.registry import FORMS
from assessments.scoring.content import QuestionContent
from assessments.scoring.kinds import Counted
from assessments.scoring.registry import TYPES, read_answer, type_of, with_ids, without_ids
from assessments.scoring.score import score_answer
from assessments.tests.factories import CONTENTS
from assessments.tests.scoring.strategies import contents


def numbered(content: QuestionContent) -> QuestionContent:
    fresh = iter(range(1000))
    return with_ids(content, lambda: f"n{next(fresh)}")


@pytest.mark.parametrize("kind", list(QuestionKind))
def test_every_type_has_all_its_parts(kind: QuestionKind) -> None:
    assert type_of(kind).kind == kind
    assert FORMS[kind].kind == kind
    assert get_template(f"assessments/attempt/types/{kind}.html")
    script = Path(settings.BASE_DIR, "static", "js", "answers.js").read_text(encoding="utf-8")
    assert re.search(rf"^  {kind}: \w+,$", script, re.MULTILINE)


def test_types_are_registered_once() -> None:
    assert [one.kind for one in TYPES] == list(QuestionKind)


@pytest.mark.parametrize("kind", list(QuestionKind))
def test_a_copy_gets_ids_of_its_own(kind: QuestionKind) -> None:
    bare = without_ids(numbered(CONTENTS[kind]))
    assert bare == without_ids(bare)
    assert with_ids(bare, lambda: "x") == with_ids(without_ids(CONTENTS[kind]), lambda: "x")


@given(content=contents)
def test_the_solution_is_counted_as_right_piece_by_piece(content: QuestionContent) -> None:
    content = numbered(content)
    kind = type_of(content.kind)
    solution = read_answer(content, kind.solution(content))
    counted = kind.counted(content, solution)
    assert counted
    assert all(one.right for one in counted)
    assert kind.summary(content, solution)
    assert "\n" not in kind.summary(content, solution)
    assert score_answer(content, solution, Decimal(1)).score == 1


@pytest.mark.parametrize(
    ("kind", "answer", "counted", "summary"),
    [
        (QuestionKind.SINGLE_CHOICE, "n1", [Counted("n1", "Chalk", right=False)], "Chalk"),
        (
            QuestionKind.MULTIPLE_CHOICE,
            ["n0", "n2"],
            [Counted("n0", "2", right=True), Counted("n2", "4", right=False)],
            "2; 4",
        ),
        (QuestionKind.TRUE_FALSE, False, [Counted("false", "False", right=False)], "False"),
        (
            QuestionKind.SHORT_ANSWER,
            "QUITO  ",
            [Counted("quito", "QUITO", right=True)],
            "QUITO",
        ),
        (QuestionKind.NUMERIC, "3,25e2", [Counted("325", "3,25e2 m", right=True)], "3,25e2 m"),
    ],
)
def test_answers_are_counted_and_summed_up(
    kind: QuestionKind, answer: object, counted: list[Counted], summary: str
) -> None:
    content = numbered(CONTENTS[kind])
    stored = read_answer(content, answer)
    assert type_of(kind).counted(content, stored) == counted
    assert type_of(kind).summary(content, stored) == summary
