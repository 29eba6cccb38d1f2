"""A section of a quiz and a draw from the bank, as forms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.enums import Difficulty, QuestionKind
from assessments.scoring.content import MAX_POINTS
from assessments.scoring.narrow import Narrow
from assessments.services.quiz_entries import MAX_ITEMS
from assessments.services.quiz_sections import MAX_INTRODUCTION, MAX_TITLE

Choices = Sequence[tuple[str, str]]


class SectionForm(forms.Form):
    """What a section is called, says at its start, and whether it is shuffled."""

    title = forms.CharField(label=_("Title"), max_length=MAX_TITLE, required=False)
    introduction = forms.CharField(
        label=_("Introduction"),
        max_length=MAX_INTRODUCTION,
        required=False,
        strip=False,
        help_text=_("Markdown. Learners read it where the section begins."),
        widget=forms.Textarea(attrs={"rows": 5, "class": "code"}),
    )
    shuffle = forms.BooleanField(
        label=_("Shuffle the questions of this section"),
        required=False,
        help_text=_("Each attempt has them in another order."),
    )


class DrawForm(forms.Form):
    """How many questions are drawn, what they are worth, and which ones fit."""

    count = forms.IntegerField(
        label=_("Questions to draw"), min_value=1, max_value=MAX_ITEMS, initial=5
    )
    points = forms.DecimalField(
        label=_("Points for each"),
        min_value=0,
        max_value=MAX_POINTS,
        decimal_places=4,
        initial=1,
        localize=False,
    )
    banks = forms.MultipleChoiceField(
        label=_("Banks"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Without a tick the course's own."),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Types"),
        choices=QuestionKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    difficulties = forms.MultipleChoiceField(
        label=_("Difficulties"),
        choices=Difficulty.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    categories = forms.MultipleChoiceField(
        label=_("Categories"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("With all that is inside them."),
    )
    tags = forms.MultipleChoiceField(
        label=_("Tags"), required=False, widget=forms.CheckboxSelectMultiple
    )
    outcomes = forms.MultipleChoiceField(
        label=_("Learning outcomes"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self,
        *args: Any,
        banks: Choices = (),
        categories: Choices = (),
        tags: Choices = (),
        outcomes: Choices = (),
        **kwargs: Any,
    ) -> None:
        """What the course can be narrowed to; a field without choices is not there."""
        super().__init__(*args, **kwargs)
        offered = {"banks": banks, "categories": categories, "tags": tags, "outcomes": outcomes}
        for name, choices in offered.items():
            field = self.fields[name]
            assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101 - for the types
            field.choices = list(choices)
            if not choices:
                del self.fields[name]

    def narrow(self) -> Narrow:
        """Which questions fit."""
        data = self.cleaned_data
        return Narrow(
            banks=tuple(data.get("banks", ())),
            kinds=tuple(QuestionKind(one) for one in data.get("kinds", ())),
            difficulties=tuple(Difficulty(one) for one in data.get("difficulties", ())),
            categories=tuple(data.get("categories", ())),
            tags=tuple(data.get("tags", ())),
            outcomes=tuple(data.get("outcomes", ())),
        )
