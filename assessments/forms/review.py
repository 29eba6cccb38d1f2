"""What learners see and when: a policy with a name, or the table of all that can be ticked."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from assessments.enums import ReviewItem, ReviewMoment, ReviewPreset
from assessments.scoring.review import PRESETS, ReviewPolicy, preset_of


@dataclass(frozen=True, slots=True)
class Cell:
    """A box of the table: its name in the form, whether it is ticked, what it stands for."""

    name: str
    ticked: bool
    item: ReviewItem
    moment: ReviewMoment


class ReviewFields(forms.Form):
    """The named policies, and a field of ticks per moment for `custom`."""

    preset = forms.ChoiceField(
        label=_("What learners see"),
        choices=ReviewPreset.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    by_hand = forms.BooleanField(label=_("Nothing before you release the results"), required=False)
    review_during = forms.MultipleChoiceField(choices=ReviewItem.choices, required=False)
    review_after = forms.MultipleChoiceField(choices=ReviewItem.choices, required=False)
    review_later = forms.MultipleChoiceField(choices=ReviewItem.choices, required=False)
    review_spent = forms.MultipleChoiceField(choices=ReviewItem.choices, required=False)
    review_closed = forms.MultipleChoiceField(choices=ReviewItem.choices, required=False)

    @staticmethod
    def initial_review(policy: ReviewPolicy) -> dict[str, Any]:
        """What the fields show of a policy."""
        rows = {f"review_{moment}": sorted(policy.at(moment)) for moment in ReviewMoment}
        return {"preset": preset_of(policy), "by_hand": policy.by_hand, **rows}

    def policy(self) -> ReviewPolicy:
        """The policy that was chosen."""
        data = self.cleaned_data
        named = data["preset"] or ReviewPreset.HOMEWORK
        if named in PRESETS:
            return PRESETS[ReviewPreset(named)]
        rows = {
            moment.value: frozenset(ReviewItem(one) for one in data[f"review_{moment}"])
            for moment in ReviewMoment
        }
        return ReviewPolicy(**rows, by_hand=data["by_hand"])

    @property
    def moments(self) -> list[ReviewMoment]:
        """The columns of the table."""
        return list(ReviewMoment)

    @property
    def review_rows(self) -> list[tuple[ReviewItem, list[Cell]]]:
        """The table, row by row."""
        ticked = {moment: self._ticked(self[f"review_{moment}"]) for moment in ReviewMoment}
        return [
            (
                item,
                [
                    Cell(f"review_{moment}", item.value in ticked[moment], item, moment)
                    for moment in ReviewMoment
                ],
            )
            for item in ReviewItem
        ]

    @staticmethod
    def _ticked(field: BoundField) -> set[str]:
        return {str(one) for one in field.value() or ()}
