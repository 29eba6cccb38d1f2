"""Matching: pairs in rows, and choices that belong to no prompt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.enums import QuestionKind
from assessments.forms.questions.base import QuestionForm
from assessments.forms.questions.parts import answer_by_part
from assessments.forms.questions.rows import Row, RowSet
from assessments.scoring.content import MAX_OPTIONS, QuestionContent, detail_of
from assessments.scoring.matching import ExtraChoice, Pair, Pairs

if TYPE_CHECKING:
    from django.http import QueryDict

    from assessments.queries.attempt import QuestionSheet


class MatchingForm(QuestionForm):
    """Prompts, each with the choice that belongs to it."""

    kind = QuestionKind.MATCHING
    own = ("partial_credit",)
    row_sets = (
        RowSet(
            "pair",
            columns=("id", "choice_id", "prompt", "choice"),
            most=MAX_OPTIONS,
            errors="pairs",
        ),
        RowSet("extra", columns=("id", "text"), most=MAX_OPTIONS, start=1, more=1, errors="extra"),
    )
    editor = "assessments/bank/types/matching.html"
    partial_credit = forms.BooleanField(
        label=_("Each right pair earns its share of the points"),
        required=False,
        initial=True,
        help_text=_("Otherwise all pairs must be right."),
    )

    def own_content(self, data: dict[str, Any]) -> dict[str, Any]:
        """Rows become pairs and extra choices."""
        pairs = tuple(Pair(**row) for row in self.filled("pair"))
        extra = tuple(ExtraChoice(**row) for row in self.filled("extra"))
        return {**super().own_content(data), "detail": Pairs(pairs, extra)}

    @classmethod
    def rows_of(cls, content: QuestionContent) -> dict[str, list[Row]]:
        """A row per pair and per extra choice."""
        detail = detail_of(content, Pairs)
        pairs = [
            {"id": p.id, "choice_id": p.choice_id, "prompt": p.prompt, "choice": p.choice}
            for p in detail.pairs
        ]
        return {"pair": pairs, "extra": [{"id": e.id, "text": e.text} for e in detail.extra]}

    @classmethod
    def answer(cls, data: QueryDict, name: str, shown: QuestionSheet) -> dict[str, str] | None:
        """The choice of each prompt."""
        return answer_by_part(data, name, shown)
