"""Input of a course's analytics page."""

from django import forms
from django.utils.translation import gettext_lazy as _

from analytics.enums import ExportFormat, SupportKind
from analytics.scoring.rows import MAX_CLUSTERS, MIN_CLUSTERS


class RefreshForm(forms.Form):
    """How many groups to look for; as many as the figures have where nothing is chosen."""

    k = forms.TypedChoiceField(
        label=_("Groups"),
        coerce=int,
        empty_value=None,
        required=False,
        choices=[
            ("", _("As many as there are")),
            *((k, str(k)) for k in range(MIN_CLUSTERS, MAX_CLUSTERS + 1)),
        ],
    )


class ContactForm(forms.Form):
    """What somebody did about whom."""

    student = forms.CharField(max_length=22, widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=_("What did you do?"), choices=SupportKind.choices, required=False
    )
    note = forms.CharField(
        label=_("Note for colleagues"),
        max_length=300,
        required=False,
        help_text=_("The learner finds it in a copy of their data."),
    )

    def clean_kind(self) -> SupportKind:
        """Getting in touch unless something else was chosen."""
        return SupportKind(self.cleaned_data["kind"] or SupportKind.CONTACT)


class ObjectionForm(forms.Form):
    """Why what the early warning says is wrong."""

    text = forms.CharField(
        label=_("What is wrong?"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4})
    )


class AnswerForm(forms.Form):
    """What staff say to an objection."""

    answer = forms.CharField(
        label=_("Answer"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class ExportForm(forms.Form):
    """As which file, and whether with names."""

    format = forms.ChoiceField(
        label=_("Format"), choices=ExportFormat.choices, widget=forms.RadioSelect
    )
    pseudonymous = forms.BooleanField(
        label=_("Without names"),
        required=False,
        help_text=_("People get random ids, other ones in each export."),
    )
