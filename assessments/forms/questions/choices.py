"""Single and multiple choice: options in rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.enums import QuestionKind
from assessments.forms.questions.base import QuestionForm
from assessments.forms.questions.rows import Row, RowSet
from assessments.scoring.content import MAX_OPTIONS, Option, QuestionContent

if TYPE_CHECKING:
    from django.http import QueryDict

    from assessments.queries.attempt import QuestionSheet


class ChoiceForm(QuestionForm):
    """A question made of options."""

    row_sets = (
        RowSet("option", columns=("id", "text", "feedback"), marks=("correct",), most=MAX_OPTIONS),
    )
    editor = "assessments/bank/types/_options.html"

    def own_content(self, data: dict[str, Any]) -> dict[str, Any]:
        """Rows become options."""
        options = tuple(Option(**row) for row in self.filled("option"))
        return {**super().own_content(data), "options": options}

    @classmethod
    def rows_of(cls, content: QuestionContent) -> dict[str, list[Row]]:
        """A row per option."""
        rows = [
            {"id": o.id, "text": o.text, "feedback": o.feedback, "correct": o.correct}
            for o in content.options
        ]
        return {"option": rows}


class SingleChoiceForm(ChoiceForm):
    """Options with one right answer."""

    kind = QuestionKind.SINGLE_CHOICE


class MultipleChoiceForm(ChoiceForm):
    """Options with any number of right answers."""

    kind = QuestionKind.MULTIPLE_CHOICE
    own = ("partial_credit",)
    partial_credit = forms.BooleanField(
        label=_("Give part of the points: right ones chosen minus wrong ones chosen"),
        required=False,
        initial=True,
    )

    @classmethod
    def answer(cls, data: QueryDict, name: str, shown: QuestionSheet) -> list[str] | None:
        """The chosen ids in the order they are shown."""
        chosen = set(data.getlist(name))
        return [option.id for option in shown.options if option.id in chosen] or None
