from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.enums import QuestionKind
from assessments.scoring.content import QuestionContent
from assessments.scoring.folding import fold
from assessments.scoring.registry import read_answer
from assessments.scoring.score import score_answer


@given(text=st.text(), case=st.booleans(), accents=st.booleans())
def test_fold_twice_is_fold_once(*, text: str, case: bool, accents: bool) -> None:
    once = fold(text, case=case, accents=accents)
    assert fold(once, case=case, accents=accents) == once


@given(text=st.text(alphabet=st.characters(codec="ascii")))
def test_fold_ignores_case_of_plain_letters(text: str) -> None:
    assert fold(text.upper()) == fold(text.lower())


@pytest.mark.parametrize(
    ("text", "case", "accents", "folded"),
    [
        ("  New\u00a0\n York ", True, False, "new york"),
        ("Straße", True, False, "strasse"),
        ("Curaçao", True, True, "curacao"),
        ("Curaçao", True, False, "curaçao"),
        ("Curac\u0327ao", True, False, "curaçao"),
        ("NaCl", False, False, "NaCl"),
        ("H\u2082O", False, False, "H2O"),
        ("한국", True, True, "한국"),
    ],
)
def test_fold_reads_like_a_fair_reader(
    *, text: str, case: bool, accents: bool, folded: str
) -> None:
    assert fold(text, case=case, accents=accents) == folded


QUITO = QuestionContent(
    kind=QuestionKind.SHORT_ANSWER, stem="Capital?", accepted=("Bogotá", "Santa Fe de Bogotá")
)


@pytest.mark.parametrize(
    ("content", "answer", "score"),
    [
        (QUITO, "bogotá", 1),
        (QUITO, "SANTA  FE de bogotá", 1),
        (QUITO, "Bogota", 0),
        (replace(QUITO, match_accents=False), "Bogota", 1),
        (replace(QUITO, match_case=True), "bogotá", 0),
        (QUITO, "Quito", 0),
    ],
)
def test_short_answer_folds_as_told(content: QuestionContent, answer: str, score: int) -> None:
    assert score_answer(content, read_answer(content, answer), Decimal(1)).score == score
