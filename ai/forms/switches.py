"""What AI may do, on one form: for a course, and for the site."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ai.enums import Purpose, TutorStyle
from ai.queries.consent import SWITCHED

_WORDS = {
    Purpose.QUESTIONS: _("Questions (off: rules make them from the text)"),
    Purpose.CHECKING: _("Judging whether a question needs its text (off: it is not judged)"),
    Purpose.CONTENT: _("Lessons, outlines, terms, cards, rubrics (off: rules do what they can)"),
    Purpose.SUMMARY: _("Summaries (off: sentences are quoted)"),
    Purpose.TRANSLATION: _("Translations (off: there are none)"),
    Purpose.TUTOR: _("The tutor (off: it quotes the course word for word)"),
    Purpose.MARKING: _("Drafts of marks (off: there are none)"),
}


class SiteSwitchesForm(forms.Form):
    """On or off, agreement, and what models are asked for."""

    on = forms.BooleanField(
        label=_("AI is on"),
        required=False,
        help_text=_("Off: no model is asked for anybody, whatever else is chosen here."),
    )
    ask_consent = forms.BooleanField(
        label=_("Learners agree before first use"),
        required=False,
        help_text=_("They are told that they talk to a machine and where their words go."),
    )
    purposes = forms.MultipleChoiceField(
        label=_("A model may be asked for"),
        required=False,
        choices=[(one.value, _WORDS[one]) for one in SWITCHED],
        widget=forms.CheckboxSelectMultiple,
    )

    def off_purposes(self) -> list[str]:
        """What is not ticked."""
        return [one.value for one in SWITCHED if one.value not in self.cleaned_data["purposes"]]


class CourseSwitchesForm(SiteSwitchesForm):
    """The same for a course, with its tutor. What the site has off stays off."""

    style = forms.ChoiceField(
        label=_("How the tutor helps"), choices=TutorStyle.choices, widget=forms.RadioSelect
    )
    field_order = ("on", "style", "ask_consent", "purposes")

    def __init__(self, *args: object, locked: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["on"].label = _("AI is on in this course")
        self.fields["on"].help_text = _("Off: no model is asked for anything of this course.")
        if locked:
            for field in self.fields.values():
                field.disabled = True
