"""A number with a tolerance."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.enums import QuestionKind, ToleranceKind
from assessments.forms.questions.base import QuestionForm
from assessments.scoring.numbers import MAX_TYPED
from assessments.scoring.numeric import MAX_UNIT


class NumericForm(QuestionForm):
    """A number with a tolerance."""

    kind = QuestionKind.NUMERIC
    own = ("value", "tolerance", "tolerance_kind", "unit")
    value = forms.CharField(
        label=_("Right number"), max_length=MAX_TYPED, help_text=_("Point or comma: 12.5 or 12,5.")
    )
    tolerance = forms.CharField(label=_("Tolerance"), max_length=MAX_TYPED, initial="0")
    tolerance_kind = forms.ChoiceField(
        label=_("Tolerance is"),
        choices=ToleranceKind.choices,
        help_text=_("As a share, 0.05 means five per cent."),
    )
    unit = forms.CharField(label=_("Unit"), max_length=MAX_UNIT, required=False)

    def own_content(self, data: dict[str, Any]) -> dict[str, Any]:
        """The kind of tolerance as its enum."""
        own = super().own_content(data)
        return {**own, "tolerance_kind": ToleranceKind(own["tolerance_kind"])}
