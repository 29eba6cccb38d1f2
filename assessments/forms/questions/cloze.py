"""Fill in the blanks: a row per gap of the stem."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.enums import QuestionKind
from assessments.forms.questions.base import QuestionForm
from assessments.forms.questions.parts import answer_by_part
from assessments.forms.questions.rows import Row, RowSet
from assessments.forms.questions.short_answer import lines_of
from assessments.scoring.cloze import Blank, Blanks
from assessments.scoring.content import MAX_OPTIONS, QuestionContent, detail_of

if TYPE_CHECKING:
    from django.http import QueryDict

    from assessments.queries.attempt import QuestionSheet


class ClozeForm(QuestionForm):
    """Gaps that take text or a choice of a menu."""

    kind = QuestionKind.CLOZE
    own = ("partial_credit", "match_case", "match_accents")
    row_sets = (
        RowSet(
            "blank",
            columns=("id", "accepted", "wrong", "weight"),
            most=MAX_OPTIONS,
            start=2,
            more=1,
            errors="blanks",
        ),
    )
    editor = "assessments/bank/types/cloze.html"
    partial_credit = forms.BooleanField(
        label=_("Each right gap earns the share of its weight"),
        required=False,
        initial=True,
        help_text=_("Otherwise all gaps must be right."),
    )
    match_case = forms.BooleanField(label=_("Upper and lower case matter"), required=False)
    match_accents = forms.BooleanField(label=_("Accents matter"), required=False, initial=True)

    def own_content(self, data: dict[str, Any]) -> dict[str, Any]:
        """Rows that name an answer become blanks."""
        rows = [row for row in self.rows["blank"] if (row["accepted"] + row["wrong"]).strip()]
        return {**super().own_content(data), "detail": Blanks(tuple(map(_blank, rows)))}

    @classmethod
    def rows_of(cls, content: QuestionContent) -> dict[str, list[Row]]:
        """A row per blank."""
        rows = [
            {
                "id": blank.id,
                "accepted": "\n".join(blank.accepted),
                "wrong": "\n".join(blank.wrong),
                "weight": str(blank.weight),
            }
            for blank in detail_of(content, Blanks).blanks
        ]
        return {"blank": rows}

    @classmethod
    def answer(cls, data: QueryDict, name: str, shown: QuestionSheet) -> dict[str, str] | None:
        """What each gap was given."""
        return answer_by_part(data, name, shown)


def _blank(row: Row) -> Blank:
    weight = str(row["weight"]).strip() or "1"
    return Blank(
        accepted=lines_of(row["accepted"]),
        wrong=lines_of(row["wrong"]),
        weight=int(weight) if weight.isdecimal() and len(weight) < 4 else 0,
        id=row["id"],
    )
