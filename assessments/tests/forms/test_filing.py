"""What is typed into forms of the shelf: codes with commas, and very many of them."""

import time

from assessments.forms.filing import OutcomeForm
from assessments.models import LearningOutcome
from assessments.scoring.folding import fold


def typed(text: str) -> OutcomeForm:
    there = [LearningOutcome(code=code, folded=fold(code)) for code in ("A", "A, B", "C")]
    return OutcomeForm({"code": "X", "title": "T", "prerequisites": text}, there=there)


def test_a_code_may_have_a_comma() -> None:
    form = typed("a, b, ,C,A")
    assert form.is_valid()
    assert [one.code for one in form.cleaned_data["prerequisites"]] == ["A, B", "C", "A"]


def test_very_many_commas_are_read_at_once() -> None:
    began = time.monotonic()
    form = typed("," * 1_199 + "D")
    assert not form.is_valid()
    assert "“D”" in form.errors["prerequisites"][0]
    assert time.monotonic() - began < 1
