"""Single and multiple choice: options in rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.enums import QuestionKind
from assessments.forms.questions.base import QuestionForm
from assessments.forms.questions.rows import Row, RowSet
from assessments.scoring.content import MAX_OPTIONS, Option, QuestionContent
from assessments.scoring.multiple_choice import MOST_PENALTY

if TYPE_CHECKING:
    from django.http import QueryDict

    from assessments.queries.attempt import QuestionSheet


class ChoiceForm(QuestionForm):
    """A question made of options."""

    row_sets = (
        RowSet(
            "option",
            errors="options",
            columns=("id", "text", "feedback"),
            marks=("correct",),
            most=MAX_OPTIONS,
        ),
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
    own = ("partial_credit", "penalty")
    partial_credit = forms.BooleanField(
        label=_("Give part of the points for a part of the right choices"),
        required=False,
        initial=True,
        help_text=_("Otherwise only the exact choice earns the points. Learners are told."),
    )
    penalty = forms.DecimalField(
        label=_("A wrong choice costs, in per cent of a right one"),
        required=False,
        min_value=0,
        max_value=MOST_PENALTY,
        decimal_places=2,
        initial=MOST_PENALTY,
        help_text=_(
            "0 to 100. Choosing more options than are right always costs, so that choosing "
            "everything does not earn everything."
        ),
    )

    def own_content(self, data: dict[str, Any]) -> dict[str, Any]:
        """An empty penalty is the usual one."""
        own = super().own_content(data)
        return {**own, "penalty": MOST_PENALTY if own["penalty"] is None else own["penalty"]}

    @classmethod
    def initial_of(cls, content: QuestionContent) -> dict[str, Any]:
        """The penalty without needless zeros."""
        return {**super().initial_of(content), "penalty": f"{content.penalty.normalize():f}"}

    @classmethod
    def answer(cls, data: QueryDict, name: str, shown: QuestionSheet) -> list[str] | None:
        """The chosen ids in the order they are shown."""
        chosen = set(data.getlist(name))
        return [option.id for option in shown.options if option.id in chosen] or None
