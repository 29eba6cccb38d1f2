"""True or false: a statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.enums import QuestionKind
from assessments.forms.questions.base import QuestionForm
from assessments.scoring.content import QuestionContent

if TYPE_CHECKING:
    from django.http import QueryDict

    from assessments.queries.attempt import QuestionSheet

TRUTHS = {"true": True, "false": False}


class TrueFalseForm(QuestionForm):
    """A statement."""

    kind = QuestionKind.TRUE_FALSE
    own = ("truth",)
    truth = forms.TypedChoiceField(
        label=_("The statement is"),
        choices=[("true", _("True")), ("false", _("False"))],
        coerce=lambda value: value == "true",
        widget=forms.RadioSelect,
    )

    @classmethod
    def initial_of(cls, content: QuestionContent) -> dict[str, Any]:
        """The truth as the word of its button."""
        return {"truth": {True: "true", False: "false", None: ""}[content.truth]}

    @classmethod
    def answer(cls, data: QueryDict, name: str, shown: QuestionSheet) -> bool | None:
        """The chosen truth."""
        return TRUTHS.get(str(data.get(name, "")))
