"""A number with a tolerance, units and digits."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.enums import DigitsRule, QuestionKind, ToleranceKind, UnitRule
from assessments.forms.questions.base import QuestionForm
from assessments.forms.questions.rows import Row, RowSet
from assessments.scoring.content import QuestionContent
from assessments.scoring.judging import MAX_DIGITS
from assessments.scoring.numbers import MAX_TYPED
from assessments.scoring.numeric import HUNDRED, MAX_UNIT, MAX_UNITS
from assessments.scoring.units import Unit

COSTS = ("unit_cost", "digits_cost")


class NumberForm(QuestionForm):
    """How a number is judged: shared by fixed and worked out ones."""

    judged = (
        "tolerance",
        "tolerance_kind",
        "unit",
        "unit_rule",
        "unit_cost",
        "digits_rule",
        "digits",
        "digits_cost",
    )
    together = (
        ("tolerance", "tolerance_kind"),
        ("unit", "unit_rule", "unit_cost"),
        ("digits_rule", "digits", "digits_cost"),
    )
    editor = "assessments/bank/types/_units.html"
    editor_last = True
    units = RowSet("units", columns=("name", "factor"), most=MAX_UNITS, start=2)

    tolerance = forms.CharField(label=_("Tolerance"), max_length=MAX_TYPED, initial="0")
    tolerance_kind = forms.ChoiceField(
        label=_("Tolerance is"),
        choices=ToleranceKind.choices,
        initial=ToleranceKind.ABSOLUTE,
        help_text=_("As a share, 0.05 means five per cent."),
    )
    unit = forms.CharField(label=_("Unit"), max_length=MAX_UNIT, required=False)
    unit_rule = forms.ChoiceField(
        label=_("The unit"), choices=UnitRule.choices, initial=UnitRule.SHOWN, required=False
    )
    unit_cost = forms.DecimalField(
        label=_("A wrong one costs, per cent"),
        min_value=0,
        max_value=100,
        initial=100,
        required=False,
    )
    digits_rule = forms.ChoiceField(
        label=_("Digits"), choices=DigitsRule.choices, initial=DigitsRule.ANY, required=False
    )
    digits = forms.IntegerField(
        label=_("How many"),
        min_value=0,
        max_value=MAX_DIGITS,
        initial=3,
        required=False,
        help_text=_("The right number, rounded to them, is right as well: halves go away from 0."),
    )
    digits_cost = forms.DecimalField(
        label=_("Another number costs, per cent"),
        min_value=0,
        max_value=100,
        initial=100,
        required=False,
    )

    def own_content(self, data: dict[str, Any]) -> dict[str, Any]:
        """Choices as their enums, rows as units; what is empty has its default."""
        own = super().own_content(data)
        rows = self.filled("units")
        return {
            **own,
            **{name: HUNDRED if own[name] is None else own[name] for name in COSTS},
            "tolerance_kind": ToleranceKind(own["tolerance_kind"]),
            "unit_rule": UnitRule(own["unit_rule"] or UnitRule.SHOWN),
            "digits_rule": DigitsRule(own["digits_rule"] or DigitsRule.ANY),
            "digits": own["digits"] or 0,
            "units": tuple(Unit(row["name"].strip(), row["factor"].strip()) for row in rows),
        }

    @classmethod
    def initial_of(cls, content: QuestionContent) -> dict[str, Any]:
        """Costs without needless zeros."""
        return {**super().initial_of(content), **cls.costs_of(content)}

    @classmethod
    def costs_of(cls, content: QuestionContent) -> dict[str, str]:
        """The costs as they are typed."""
        return {name: f"{getattr(content, name).normalize():f}" for name in COSTS}

    @classmethod
    def rows_of(cls, content: QuestionContent) -> dict[str, list[Row]]:
        """A row per unit."""
        return {"units": [{"name": one.name, "factor": one.factor} for one in content.units]}


class NumericForm(NumberForm):
    """A number with a tolerance."""

    kind = QuestionKind.NUMERIC
    own = ("value", *NumberForm.judged)
    row_sets = (NumberForm.units,)
    value = forms.CharField(
        label=_("Right number"), max_length=MAX_TYPED, help_text=_("Point or comma: 12.5 or 12,5.")
    )
