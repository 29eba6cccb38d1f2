"""Formula: variables in rows, and the expression that works out the right number."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.enums import QuestionKind
from assessments.forms.questions.numeric import NumberForm
from assessments.forms.questions.rows import Row, RowSet
from assessments.scoring.content import QuestionContent, detail_of
from assessments.scoring.expression import FUNCTIONS, MAX_LENGTH
from assessments.scoring.formula import Formula
from assessments.scoring.variables import MAX_VARIABLES, Variable


class FormulaForm(NumberForm):
    """A number that each attempt works out with values of its own."""

    kind = QuestionKind.FORMULA
    own = ("expression", *NumberForm.judged)
    row_sets = (
        RowSet("variables", columns=("name", "low", "high", "step"), most=MAX_VARIABLES, start=2),
        NumberForm.units,
    )
    editor = "assessments/bank/types/_variables.html"
    editor_last = True
    expression = forms.CharField(
        label=_("Right number"),
        max_length=MAX_LENGTH,
        help_text=_("For example a * b / 2. Write + - * / ^ and parentheses, pi, e, and: ")
        + ", ".join(FUNCTIONS),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr"}),
    )

    def own_content(self, data: dict[str, Any]) -> dict[str, Any]:
        """Rows and expression are the detail, the rest is as for every number."""
        own = super().own_content(data)
        expression = own.pop("expression")
        rows = self.filled("variables")
        variables = tuple(_variable(row) for row in rows)
        return {**own, "detail": Formula(variables, expression)}

    @classmethod
    def initial_of(cls, content: QuestionContent) -> dict[str, Any]:
        """The expression out of the detail."""
        shared = {name: getattr(content, name) for name in cls.judged}
        costs = cls.costs_of(content)
        return {**shared, **costs, "expression": detail_of(content, Formula).expression}

    @classmethod
    def rows_of(cls, content: QuestionContent) -> dict[str, list[Row]]:
        """A row per variable."""
        rows = [
            {"name": one.name, "low": one.low, "high": one.high, "step": one.step}
            for one in detail_of(content, Formula).variables
        ]
        return {**super().rows_of(content), "variables": rows}


def _variable(row: Row) -> Variable:
    """The variable of a row; without a step its values are one apart."""
    said = {name: str(row[name]).strip() for name in ("name", "low", "high", "step")}
    return Variable(said["name"], said["low"], said["high"], said["step"] or "1")
