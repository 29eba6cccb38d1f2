"""What to generate, and from what."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from ai.enums import Difficulty, QuestionKind, Use
from ai.gateway.provider import MAX_COUNT
from courses.models import Lesson


class GenerateForm(forms.Form):
    """A lesson or pasted text; `use` is asked only when a model is connected."""

    lesson = forms.ChoiceField(label=_("From a lesson"), required=False)
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
    use = forms.ChoiceField(
        label=_("Made by"), choices=Use.choices, initial=Use.AUTO, widget=forms.RadioSelect
    )

    def __init__(
        self, *args: object, lessons: Iterable[Lesson], connected: bool, **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        lesson = self.fields["lesson"]
        assert isinstance(lesson, forms.ChoiceField)  # noqa: S101 - narrows for the type checker
        lesson.choices = [("", _("No lesson")), *((one.public_id, one.title) for one in lessons)]
        if not connected:
            del self.fields["use"]
