"""What to generate, and from what."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ai.enums import Bloom, Difficulty, QuestionKind, Use
from ai.gateway.provider import MAX_COUNT
from assessments.models import LearningOutcome

Place = tuple[str, Any]


class GenerateForm(forms.Form):
    """A place in the course or pasted text; `use` is asked only when a model is connected."""

    lesson = forms.ChoiceField(
        label=_("From"),
        required=False,
        help_text=_("A section or the whole course: questions are spread over its lessons."),
    )
    content = forms.CharField(
        label=_("Or from a text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Paste running text; lists and headings give few questions."),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=QuestionKind.choices)
    count = forms.IntegerField(label=_("How many"), min_value=1, max_value=MAX_COUNT, initial=5)
    difficulty = forms.ChoiceField(
        label=_("Difficulty"), choices=Difficulty.choices, initial=Difficulty.MEDIUM
    )
    bloom = forms.ChoiceField(
        label=_("Asks to"),
        choices=Bloom.choices,
        initial=Bloom.REMEMBER,
        required=False,
        help_text=_("Rules ask for what the text states; other levels need a model."),
    )
    outcome = forms.ChoiceField(label=_("Learning outcome"), required=False)
    use = forms.ChoiceField(
        label=_("Made by"), choices=Use.choices, initial=Use.AUTO, widget=forms.RadioSelect
    )

    def __init__(
        self,
        *args: object,
        places: Sequence[Place],
        outcomes: Iterable[LearningOutcome],
        connected: bool,
        **kwargs: object,
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._choose("lesson", [("", _("A text of mine, below")), *places])
        aims = [("", _("None in particular")), *((one.public_id, str(one)) for one in outcomes)]
        self._choose("outcome", aims)
        if len(aims) == 1:
            del self.fields["outcome"]
        if not connected:
            del self.fields["use"]

    def _choose(self, name: str, choices: Sequence[Place]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - narrows for the type checker
        field.choices = choices
