"""How a course counts, and one cell, as forms."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.enums import (
    Aggregate,
    CurveKind,
    GradeStatus,
    StatusColour,
    StatusEffect,
    Ungraded,
)
from assessments.exchange.grade_csv import Typed, UnreadableTable, read_lines, read_table
from assessments.exchange.grade_xlsx import read_workbook
from assessments.models import Gradebook, GradeCategory, GradeItem
from assessments.queries.book import points_of
from assessments.scoring.gradebook_statuses import MOST_LETTERS, CourseStatus

ROWS = forms.Textarea(attrs={"rows": 5, "class": "code"})
PERIOD_PARTS = 3
MAX_BYTES = 2 * 1024 * 1024
ZIP = b"PK\x03\x04"
UNREADABLE = {
    "empty": _("The file is empty."),
    "no_ids": _("The first column is not “id”. Start from an exported file."),
    "no_columns": _("No column has its id in brackets. Start from an exported file."),
    "too_large": _("The file is too large: at most 5,000 learners and 400 columns."),
    "no_table": _("This is no table that can be read. Save it as CSV in UTF-8, or as XLSX."),
    "no_workbook": _("This is no workbook that can be read. Save it as XLSX or CSV."),
}


class CellForm(forms.Form):
    """A grade by hand; `version` guards against a lost edit."""

    score = forms.DecimalField(label=_("Score"), required=False, max_digits=9, decimal_places=4)
    status = forms.ChoiceField(label=_("Status"), choices=GradeStatus.choices)
    reason = forms.CharField(label=_("Why"), max_length=500, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, own: Iterable[CourseStatus] = (), **kwargs: Any) -> None:
        """`own` are the course's statuses; an archived one is offered where the cell bears it."""
        super().__init__(*args, **kwargs)
        borne = self.initial.get("status")
        choices = [(one.key, one.name) for one in own if not one.archived or one.key == borne]
        self.fields["status"].choices = [*GradeStatus.choices, *choices]  # type: ignore[attr-defined]


class StatusForm(forms.Form):
    """A status of the course's own."""

    name = forms.CharField(
        label=_("Name"), max_length=40, help_text=_("Learners read it beside their grade.")
    )
    sign = forms.CharField(
        label=_("Sign"),
        max_length=MOST_LETTERS,
        help_text=_(
            "One to four letters. Type them into a cell, alone or after a score, such as “7inc”."
        ),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off"}),
    )
    colour = forms.ChoiceField(
        label=_("Colour"), choices=StatusColour.choices, initial=StatusColour.NEUTRAL
    )
    effect = forms.ChoiceField(label=_("How it counts"), choices=StatusEffect.choices)
    percent = forms.DecimalField(
        label=_("Percentage"),
        required=False,
        min_value=0,
        max_value=100,
        decimal_places=2,
        help_text=_("Of the points of the column, whatever the score; for that choice alone."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class SettingsForm(forms.Form):
    """The rule of the course, what empty cells count, letters and periods a line each."""

    rule = forms.ChoiceField(label=_("The total is"), choices=Aggregate.choices)
    ungraded = forms.ChoiceField(label=_("Empty cells"), choices=Ungraded.choices)
    show_totals = forms.BooleanField(label=_("Learners see their total"), required=False)
    levels = forms.CharField(
        label=_("Letters"),
        required=False,
        widget=ROWS,
        help_text=_("A line each: the letter and from which percentage, such as “A 90”."),
    )
    periods = forms.CharField(
        label=_("Grading periods"),
        required=False,
        widget=ROWS,
        help_text=_(
            "A line each: name; first day; last day, such as “Autumn; 2026-09-01; 2026-12-31”. "
            "Add “; closed” to keep its grades as they are."
        ),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean_levels(self) -> list[tuple[str, Decimal]]:
        """(label, least) from lines."""
        found = []
        for line in _lines(self.cleaned_data["levels"]):
            label, _space, least = line.rpartition(" ")
            try:
                found.append((label.strip(), Decimal(least.strip("% ").replace(",", "."))))
            except InvalidOperation:
                words = _("“%(line)s” is not a letter and a percentage.") % {"line": line}
                raise forms.ValidationError(words) from None
        return found

    def clean_periods(self) -> list[dict[str, Any]]:
        """Periods from lines; those that keep their name keep their key."""
        keys = {period["name"]: period["key"] for period in self.initial.get("known", [])}
        found = []
        for line in _lines(self.cleaned_data["periods"]):
            parts = [part.strip() for part in line.split(";")]
            try:
                starts, ends = date.fromisoformat(parts[1]), date.fromisoformat(parts[2])
            except (ValueError, IndexError):
                words = _("“%(line)s” is not a name and two days.") % {"line": line}
                raise forms.ValidationError(words) from None
            closed = len(parts) > PERIOD_PARTS and parts[3].casefold() in {"closed", _("closed")}
            found.append(
                {
                    "key": keys.get(parts[0]),
                    "name": parts[0],
                    "starts": starts,
                    "ends": ends,
                    "closed": closed,
                }
            )
        return found


class CategoryForm(forms.Form):
    """A category."""

    name = forms.CharField(label=_("Name"), max_length=100)
    rule = forms.ChoiceField(label=_("Counts by"), choices=Aggregate.choices)
    weight = forms.DecimalField(
        label=_("Weight"), min_value=0, max_value=1000, decimal_places=2, initial=1
    )
    drop_lowest = forms.IntegerField(
        label=_("Drop the lowest"), min_value=0, max_value=20, initial=0
    )
    drop_highest = forms.IntegerField(
        label=_("Drop the highest"), min_value=0, max_value=20, initial=0
    )
    extra = forms.BooleanField(label=_("Extra credit"), required=False)
    parent = forms.ChoiceField(label=_("Inside"), required=False)

    def __init__(self, *args: Any, categories: Iterable[GradeCategory], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("the course")), *((one.public_id, one.name) for one in categories)]
        self.fields["parent"].choices = choices  # type: ignore[attr-defined]


class ColumnForm(forms.Form):
    """Where a column counts; title and points of one that is graded by hand."""

    title = forms.CharField(label=_("Title"), max_length=200)
    max_score = forms.DecimalField(label=_("Out of"), min_value=0, max_value=500, decimal_places=4)
    category = forms.ChoiceField(label=_("Category"), required=False)
    weight = forms.DecimalField(
        label=_("Weight"),
        min_value=0,
        max_value=1000,
        decimal_places=2,
        initial=1,
        help_text=_("Counts where the category or the course takes the mean by weight."),
    )
    extra = forms.BooleanField(label=_("Extra credit"), required=False)
    period = forms.ChoiceField(label=_("Grading period"), required=False)

    def __init__(
        self,
        *args: Any,
        categories: Iterable[GradeCategory],
        settings: Gradebook,
        by_hand: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        inside = [("", _("none")), *((one.public_id, one.name) for one in categories)]
        self.fields["category"].choices = inside  # type: ignore[attr-defined]
        periods = [("", _("none")), *((one["key"], one["name"]) for one in settings.periods)]
        self.fields["period"].choices = periods  # type: ignore[attr-defined]
        if len(periods) == 1:
            del self.fields["period"]
        if not by_hand:
            del self.fields["title"], self.fields["max_score"]


class CurveForm(forms.Form):
    """A curve in points."""

    kind = forms.ChoiceField(label=_("Curve"), choices=CurveKind.choices)
    points = forms.DecimalField(
        label=_("Points for everybody"), required=False, min_value=0, decimal_places=4
    )
    mean = forms.DecimalField(label=_("New mean"), required=False, min_value=0, decimal_places=4)
    highest = forms.DecimalField(
        label=_("New highest score"), required=False, min_value=0, decimal_places=4
    )
    reason = forms.CharField(label=_("Why"), max_length=500, required=False)


class PostForm(forms.Form):
    """Who is posted to."""

    group = forms.ChoiceField(label=_("For"), required=False)

    def __init__(self, *args: Any, groups: Iterable[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("everybody")), *((one.public_id, one.name) for one in groups)]
        self.fields["group"].choices = choices  # type: ignore[attr-defined]


class ImportForm(forms.Form):
    """A CSV file or a workbook of grades, as lines of cells once it is clean."""

    file = forms.FileField(
        label=_("CSV or XLSX file"),
        help_text=_(
            "Export the gradebook, fill it in, and choose it here. Empty cells change nothing."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv,.xlsx"}),
    )

    def clean_file(self) -> list[Typed]:
        """Every filled cell of the file, told by its content; at most 2 MB."""
        given = self.cleaned_data["file"]
        if given.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 2 MB."))
        data: bytes = given.read()
        try:
            return read_lines(read_workbook(data)) if data[:4] == ZIP else read_table(_text(data))
        except UnreadableTable as problem:
            raise forms.ValidationError(UNREADABLE[problem.code]) from None


def _text(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise forms.ValidationError(_("Save the file as CSV in UTF-8, or as XLSX.")) from None
    if "\x00" in text:
        raise forms.ValidationError(_("This is neither a CSV file nor a workbook."))
    return text


def column_initial(item: GradeItem) -> dict[str, Any]:
    """What a column's form starts with."""
    return {
        "title": item.title,
        "max_score": points_of(item).normalize(),
        "category": item.category.public_id if item.category else "",
        "weight": item.weight,
        "extra": item.extra,
        "period": item.period,
    }


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
