"""Short answer: accepted answers, one a line."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.enums import QuestionKind
from assessments.forms.questions.base import QuestionForm
from assessments.scoring.content import QuestionContent


class ShortAnswerForm(QuestionForm):
    """Accepted answers, one a line."""

    kind = QuestionKind.SHORT_ANSWER
    own = ("accepted", "match_case", "match_accents")
    accepted = forms.CharField(
        label=_("Accepted answers"),
        help_text=_("One a line. The first is shown in the review. White space never matters."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    match_case = forms.BooleanField(label=_("Upper and lower case matter"), required=False)
    match_accents = forms.BooleanField(label=_("Accents matter"), required=False, initial=True)

    def own_content(self, data: dict[str, Any]) -> dict[str, Any]:
        """Lines become accepted answers."""
        return {**super().own_content(data), "accepted": lines_of(data["accepted"])}

    @classmethod
    def initial_of(cls, content: QuestionContent) -> dict[str, Any]:
        """Accepted answers as lines."""
        return {**super().initial_of(content), "accepted": "\n".join(content.accepted)}


def lines_of(text: str) -> tuple[str, ...]:
    """The lines that say something, without outer white space."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())
