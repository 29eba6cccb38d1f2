"""Essay: limits, a template, and notes for who marks it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.enums import QuestionKind
from assessments.forms.questions.base import QuestionForm
from assessments.scoring.content import MAX_STEM, QuestionContent, detail_of
from assessments.scoring.essay import MOST_WORDS, Essay

if TYPE_CHECKING:
    from django.http import QueryDict

    from assessments.queries.attempt import QuestionSheet


class EssayForm(QuestionForm):
    """Free text that a person marks."""

    kind = QuestionKind.ESSAY
    own = ("min_words", "max_words", "markdown", "template", "notes")
    together = (("min_words", "max_words"),)
    min_words = forms.IntegerField(
        label=_("Fewest words"), min_value=0, max_value=MOST_WORDS, required=False
    )
    max_words = forms.IntegerField(
        label=_("Most words"),
        min_value=0,
        max_value=MOST_WORDS,
        required=False,
        help_text=_("Counted while they write. A longer text is kept and its length shown to you."),
    )
    markdown = forms.BooleanField(label=_("Learners may format with Markdown"), required=False)
    template = forms.CharField(
        label=_("Text to begin with"),
        max_length=MAX_STEM,
        required=False,
        strip=False,
        help_text=_("Stands in the field when it is opened, for example headings to fill."),
        widget=forms.Textarea(attrs={"rows": 4, "class": "code"}),
    )
    notes = forms.CharField(
        label=_("Notes for whoever marks it"),
        max_length=MAX_STEM,
        required=False,
        strip=False,
        help_text=_("Markdown. Learners never see them."),
        widget=forms.Textarea(attrs={"rows": 4, "class": "code"}),
    )

    def own_content(self, data: dict[str, Any]) -> dict[str, Any]:
        """All of it is the detail."""
        essay = Essay(
            min_words=data["min_words"] or 0,
            max_words=data["max_words"] or 0,
            markdown=data["markdown"],
            template=data["template"].replace("\r\n", "\n"),
            notes=data["notes"],
        )
        return {"detail": essay}

    @classmethod
    def initial_of(cls, content: QuestionContent) -> dict[str, Any]:
        """No limit is an empty field."""
        essay = detail_of(content, Essay)
        return {
            "min_words": essay.min_words or None,
            "max_words": essay.max_words or None,
            "markdown": essay.markdown,
            "template": essay.template,
            "notes": essay.notes,
        }

    @classmethod
    def answer(cls, data: QueryDict, name: str, shown: QuestionSheet) -> Any:
        """The text as typed; one that was left as it began is no answer."""
        text = str(data.get(name, "")).replace("\r\n", "\n")
        begun = str(shown.shown.settings.get("template", ""))
        return None if text.strip() in {"", begun.strip()} else text
