"""Drag words into a text: a row per gap, and words that belong to none."""

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


class DragWordsForm(QuestionForm):
    """Words in the order of their gaps."""

    kind = QuestionKind.DRAG_WORDS
    own = ("partial_credit",)
    row_sets = (
        RowSet("word", columns=("id", "choice_id", "choice"), most=MAX_OPTIONS, errors="pairs"),
        RowSet("extra", columns=("id", "text"), most=MAX_OPTIONS, start=1, more=1, errors="extra"),
    )
    editor = "assessments/bank/types/drag_words.html"
    partial_credit = forms.BooleanField(
        label=_("Each right gap earns its share of the points"),
        required=False,
        initial=True,
        help_text=_("Otherwise all gaps must be right."),
    )

    def own_content(self, data: dict[str, Any]) -> dict[str, Any]:
        """The rows that name a word, numbered, and the extra words."""
        rows = [row for row in self.rows["word"] if row["choice"].strip()]
        pairs = tuple(Pair(prompt=str(n), **row) for n, row in enumerate(rows, start=1))
        extra = tuple(ExtraChoice(**row) for row in self.filled("extra"))
        return {**super().own_content(data), "detail": Pairs(pairs, extra)}

    @classmethod
    def rows_of(cls, content: QuestionContent) -> dict[str, list[Row]]:
        """A row per gap and per extra word."""
        detail = detail_of(content, Pairs)
        words = [{"id": p.id, "choice_id": p.choice_id, "choice": p.choice} for p in detail.pairs]
        return {"word": words, "extra": [{"id": e.id, "text": e.text} for e in detail.extra]}

    @classmethod
    def answer(cls, data: QueryDict, name: str, shown: QuestionSheet) -> dict[str, str] | None:
        """The word of each gap."""
        return answer_by_part(data, name, shown)
