"""Code: a beginning, tests in rows, and limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.enums import QuestionKind
from assessments.forms.questions.base import QuestionForm
from assessments.forms.questions.rows import Row, RowSet
from assessments.scoring.code import (
    MAX_CODE,
    MAX_TESTS,
    MEMORY_MB,
    MOST_WEIGHT,
    SECONDS,
    Code,
    CodeTest,
)
from assessments.scoring.content import QuestionContent, detail_of

if TYPE_CHECKING:
    from django.http import QueryDict

    from assessments.queries.attempt import QuestionSheet

PROGRAM = {"rows": 8, "class": "code", "dir": "ltr", "spellcheck": "false", "wrap": "off"}


class CodeForm(QuestionForm):
    """A program that tests try in a sandbox."""

    kind = QuestionKind.CODE
    own = ("partial_credit", "seconds", "memory_mb", "starter", "solution")
    together = (("seconds", "memory_mb"),)
    row_sets = (
        RowSet(
            "test",
            columns=("id", "call", "given", "expected", "weight"),
            marks=("hidden",),
            most=MAX_TESTS,
            start=2,
            more=1,
            errors="tests",
        ),
    )
    editor = "assessments/bank/types/code.html"
    runs_code = True
    partial_credit = forms.BooleanField(
        label=_("Each passed test earns its share"),
        required=False,
        help_text=_("Otherwise all tests have to pass."),
    )
    seconds = forms.IntegerField(
        label=_("Seconds per test"), min_value=SECONDS[0], max_value=SECONDS[1], initial=2
    )
    memory_mb = forms.IntegerField(
        label=_("Memory, in MB"), min_value=MEMORY_MB[0], max_value=MEMORY_MB[1], initial=64
    )
    starter = forms.CharField(
        label=_("Code to begin with"),
        max_length=MAX_CODE,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs=PROGRAM),
    )
    solution = forms.CharField(
        label=_("A right program"),
        max_length=MAX_CODE,
        required=False,
        strip=False,
        help_text=_("Learners see it with the right answers in the review."),
        widget=forms.Textarea(attrs=PROGRAM),
    )

    def own_content(self, data: dict[str, Any]) -> dict[str, Any]:
        """The rows that say something are tests."""
        detail = Code(
            starter=_lines(data["starter"]),
            tests=tuple(_test(row) for row in self.rows["test"] if _says(row)),
            seconds=data["seconds"],
            memory_mb=data["memory_mb"],
            solution=_lines(data["solution"]),
        )
        return {"detail": detail, "partial_credit": data["partial_credit"]}

    @classmethod
    def initial_of(cls, content: QuestionContent) -> dict[str, Any]:
        """The detail without its tests."""
        code = detail_of(content, Code)
        names = ("seconds", "memory_mb", "starter", "solution")
        own = {name: getattr(code, name) for name in names}
        return {**own, "partial_credit": content.partial_credit}

    @classmethod
    def rows_of(cls, content: QuestionContent) -> dict[str, list[Row]]:
        """A row per test."""
        tests = detail_of(content, Code).tests
        return {
            "test": [
                {
                    "id": one.id,
                    "call": "call" if one.call else "",
                    "given": one.given,
                    "expected": one.expected,
                    "weight": str(one.weight),
                    "hidden": one.hidden,
                }
                for one in tests
            ]
        }

    @classmethod
    def answer(cls, data: QueryDict, name: str, shown: QuestionSheet) -> Any:
        """The program as typed; one that was left as it began is no answer."""
        text = _lines(str(data.get(name, "")))
        begun = str(shown.shown.settings.get("starter", ""))
        return None if text.strip() in {"", begun.strip()} else text


def _says(row: Row) -> bool:
    return bool(str(row["given"]).strip() or str(row["expected"]).strip())


def _test(row: Row) -> CodeTest:
    weight = str(row["weight"]).strip() or "1"
    right = weight.isascii() and weight.isdigit() and len(weight) <= len(str(MOST_WEIGHT))
    return CodeTest(
        given=_lines(str(row["given"])),
        expected=_lines(str(row["expected"])),
        call=row["call"] == "call",
        hidden=bool(row["hidden"]),
        weight=int(weight) if right else 0,
        id=str(row["id"]),
    )


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n")
