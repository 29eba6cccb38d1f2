"""Input of flashcards."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from analytics.models.flashcard import MAX_SIDE
from analytics.scoring.pasted_cards import MAX_PASTED
from analytics.services.flashcards import Sides
from assessments.models import LearningOutcome
from courses.models import Course


def _side(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=MAX_SIDE,
        help_text=_("Markdown."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class FlashcardForm(forms.Form):
    """A card: its sides, its course where that is to be chosen, its outcome in a deck."""

    front = _side(_("Front"))
    back = _side(_("Back"))

    def __init__(
        self,
        data: Any = None,
        *,
        courses: Iterable[Course] = (),
        outcomes: Iterable[LearningOutcome] = (),
        **kw: Any,
    ) -> None:
        super().__init__(data, **kw)
        self.courses = {one.public_id: one for one in courses}
        self.served = {one.public_id: one for one in outcomes}
        if self.courses:
            named = [(key, one.title) for key, one in self.courses.items()]
            self.fields["course"] = forms.ChoiceField(label=_("Course"), choices=named)
        if self.served:
            lines = [(key, f"{one.code} {one.title}") for key, one in self.served.items()]
            self.fields["outcome"] = forms.ChoiceField(
                label=_("Learning outcome"), required=False, choices=[("", _("None")), *lines]
            )

    @property
    def course(self) -> Course:
        """The chosen course of a valid form."""
        return self.courses[self.cleaned_data["course"]]

    def sides(self) -> Sides:
        """What the service writes."""
        data = self.cleaned_data
        return Sides(
            front=data["front"],
            back=data["back"],
            outcome=self.served.get(data.get("outcome", "")),
        )


class PasteForm(forms.Form):
    """Many cards at once; the course where that is to be chosen."""

    text = forms.CharField(
        label=_("Cards"),
        max_length=MAX_PASTED,
        strip=False,
        help_text=_(
            "A card a line: front ; back, or with a tab between, as other programs write. A CSV"
            " works too when its first line names the columns front and back."
        ),
        widget=forms.Textarea(attrs={"rows": 10}),
    )

    def __init__(self, data: Any = None, *, courses: Iterable[Course] = (), **kw: Any) -> None:
        super().__init__(data, **kw)
        self.courses = {one.public_id: one for one in courses}
        if self.courses:
            named = [(key, one.title) for key, one in self.courses.items()]
            self.fields["course"] = forms.ChoiceField(label=_("Course"), choices=named)

    @property
    def course(self) -> Course:
        """The chosen course of a valid form."""
        return self.courses[self.cleaned_data["course"]]
