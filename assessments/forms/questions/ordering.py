"""Ordering: items in rows, in their right order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.enums import QuestionKind
from assessments.forms.questions.base import QuestionForm
from assessments.forms.questions.rows import Row, RowSet
from assessments.scoring.content import MAX_OPTIONS, QuestionContent, detail_of
from assessments.scoring.ordering import Item, Items

if TYPE_CHECKING:
    from django.http import QueryDict

    from assessments.queries.attempt import QuestionSheet


class OrderingForm(QuestionForm):
    """Items as they should stand."""

    kind = QuestionKind.ORDERING
    own = ("partial_credit",)
    row_sets = (RowSet("item", columns=("id", "text"), most=MAX_OPTIONS, errors="items"),)
    editor = "assessments/bank/types/ordering.html"
    partial_credit = forms.BooleanField(
        label=_("Give part of the points for an order that is nearly right"),
        required=False,
        initial=True,
        help_text=_(
            "Each item that would have to be moved costs one share. Otherwise the whole order "
            "must be right."
        ),
    )

    def own_content(self, data: dict[str, Any]) -> dict[str, Any]:
        """Rows become items."""
        items = tuple(Item(**row) for row in self.filled("item"))
        return {**super().own_content(data), "detail": Items(items)}

    @classmethod
    def rows_of(cls, content: QuestionContent) -> dict[str, list[Row]]:
        """A row per item."""
        items = detail_of(content, Items).items
        return {"item": [{"id": item.id, "text": item.text} for item in items]}

    @classmethod
    def answer(cls, data: QueryDict, name: str, shown: QuestionSheet) -> list[str] | None:
        """The ids by the places chosen for them; what has no place is left out and refused."""
        places = {one.id: str(data.get(f"{name}-{one.id}", ""))[:9] for one in shown.options}
        placed = sorted((int(place), one) for one, place in places.items() if place.isdecimal())
        taken = {place for place, _one in placed}
        if len(taken) < len(placed):
            return [one for _place, one in placed[: len(taken)]]
        return [one for _place, one in placed] or None
