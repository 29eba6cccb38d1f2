"""What an assignment asks and takes, and what a learner types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.enums import LateUnit, Resubmission
from assessments.services.assignment import (
    HUNDRED,
    MAX_FILE_MB,
    MAX_FILES,
    MAX_INSTRUCTIONS,
    MAX_POINTS,
    MAX_TIMES,
    AssignmentSettings,
)
from assessments.services.submission import MAX_TEXT, MAX_URL
from courses.forms.course import LocalTime

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile


def _percent(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        min_value=0,
        max_value=HUNDRED,
        decimal_places=4,
        required=required,
        help_text=help_text,
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )


class AssignmentForm(forms.Form):
    """The settings; `version` guards against a lost edit."""

    instructions = forms.CharField(
        label=_("What is to be done"),
        max_length=MAX_INSTRUCTIONS,
        required=False,
        strip=False,
        help_text=_("Markdown. Shown above the place where learners work."),
        widget=forms.Textarea(attrs={"rows": 8, "class": "source"}),
    )
    takes_text = forms.BooleanField(label=_("Text, typed on the page"), required=False)
    takes_files = forms.BooleanField(label=_("Files"), required=False)
    takes_url = forms.BooleanField(label=_("A web address"), required=False)
    file_kinds = forms.CharField(
        label=_("Kinds of files"),
        required=False,
        max_length=200,
        help_text=_("Endings, such as pdf, docx. Empty takes every kind that is safe."),
    )
    max_files = forms.IntegerField(label=_("Files at most"), min_value=1, max_value=MAX_FILES)
    max_file_mb = forms.IntegerField(
        label=_("Megabytes a file"), min_value=1, max_value=MAX_FILE_MB
    )
    points = forms.DecimalField(
        label=_("Points"),
        max_value=MAX_POINTS,
        decimal_places=4,
        widget=forms.NumberInput(attrs={"step": "any", "min": "0", "inputmode": "decimal"}),
    )
    opens_at = forms.DateTimeField(
        label=_("Opens"), required=False, widget=LocalTime(), help_text=_("In your time zone.")
    )
    due_at = forms.DateTimeField(label=_("Due"), required=False, widget=LocalTime())
    cutoff_at = forms.DateTimeField(
        label=_("Accepted until"),
        required=False,
        widget=LocalTime(),
        help_text=_("Empty accepts late work without end."),
    )
    late_unit = forms.ChoiceField(label=_("Deduct for late work"), choices=LateUnit.choices)
    late_percent = _percent(_("Percent of the points each time"))
    late_cap = _percent(_("Percent at most"))
    missing_percent = _percent(
        _("Percent for missing work"),
        required=False,
        help_text=_("Given once nothing is accepted any more. Empty gives no grade."),
    )
    resubmit = forms.ChoiceField(label=_("Handing in again"), choices=Resubmission.choices)
    resubmit_times = forms.IntegerField(
        label=_("Versions at most"),
        min_value=1,
        max_value=MAX_TIMES,
        help_text=_("Counts when the rule is a number of times."),
    )
    group_work = forms.BooleanField(
        label=_("Group work"),
        required=False,
        help_text=_("Each group of the course hands in together; it counts for every member."),
    )
    rubric = forms.ChoiceField(
        label=_("Rubric or guide"),
        required=False,
        help_text=_("Rubrics are written beside the assignments."),
    )
    anonymous = forms.BooleanField(
        label=_("Hide names from markers until the work is returned"), required=False
    )
    two_markers = forms.BooleanField(
        label=_("Two markers, who do not see each other's marks"), required=False
    )
    threshold = _percent(
        _("Percent that two marks may differ"),
        help_text=_("Within it their mean counts; beyond it an instructor decides."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, rubrics: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(row.public_id, row.title) for row in rubrics]
        self.fields["rubric"].choices = [("", _("none: a mark alone")), *offered]  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(settings: AssignmentSettings, version: int | None) -> dict[str, Any]:
        """What the form shows before anything was typed."""
        values = {name: getattr(settings, name) for name in AssignmentSettings.__slots__}
        numbers = ("points", "late_percent", "late_cap", "missing_percent", "threshold")
        shown = {name: _plain(values[name]) for name in numbers}
        kinds = ", ".join(settings.file_kinds)
        return {**values, **shown, "file_kinds": kinds, "version": version}

    def settings(self) -> AssignmentSettings:
        """What the service writes."""
        data = {**self.cleaned_data}
        data.pop("version")
        kinds = data.pop("file_kinds").replace(";", ",").lower().split(",")
        endings = dict.fromkeys(kind.strip().lstrip(".") for kind in kinds)
        return AssignmentSettings(
            file_kinds=tuple(kind for kind in endings if kind),
            late_unit=LateUnit(data.pop("late_unit")),
            resubmit=Resubmission(data.pop("resubmit")),
            **data,
        )


class WorkForm(forms.Form):
    """What a learner types; files come beside it. `seq` is the draft's number on the page."""

    text = forms.CharField(
        label=_("Your text"),
        required=False,
        strip=False,
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 14}),
    )
    url = forms.CharField(
        label=_("Web address"),
        required=False,
        max_length=MAX_URL,
        widget=forms.URLInput(attrs={"placeholder": "https://", "inputmode": "url"}),
    )
    seq = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)


def sent_files(files: Any) -> list[UploadedFile[Any]]:
    """The files of a form's post, as many as were chosen."""
    return list(files.getlist("files"))


def _plain(number: Any) -> str | None:
    return None if number is None else f"{number.normalize():f}"
