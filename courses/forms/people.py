"""Asking people into a course."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from courses.enums import CourseRole
from courses.services.invitation import Invitee, read_table
from lms.kernel.errors import Invalid

MAX_FILE = 1_000_000


class InviteForm(forms.Form):
    """Addresses typed or pasted, one role for all."""

    emails = forms.CharField(
        label=_("E-mail addresses"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line, or separated by commas."),
    )
    role = forms.ChoiceField(label=_("Role"), choices=CourseRole.choices)

    def people(self) -> list[Invitee]:
        """Who is asked."""
        words = self.cleaned_data["emails"].replace(",", " ").replace(";", " ").split()
        role = self.cleaned_data["role"]
        return [Invitee(email=word, role=role, line=n) for n, word in enumerate(words, start=1)]


class TableForm(forms.Form):
    """A CSV of people, as a file or as text; the text travels from the preview to the sending."""

    file = forms.FileField(
        label=_("CSV file"),
        required=False,
        help_text=_("Columns: email, name, role. The first line may name them."),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv,text/plain"}),
    )
    table = forms.CharField(
        label=_("Or paste the rows"), required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def clean(self) -> dict[str, object]:
        """Put the file's text into `table` and read it into `people`."""
        data = dict(super().clean() or {})
        file = data.get("file")
        if file is not None:
            data["table"] = self._text(file)
        if not str(data.get("table", "")).strip():
            raise ValidationError(_("Choose a file or paste some rows."))
        try:
            data["people"] = read_table(str(data["table"]))
        except Invalid as problem:
            raise ValidationError(problem.detail) from problem
        return data

    @staticmethod
    def _text(file: object) -> str:
        content = file.read(MAX_FILE + 1)  # type: ignore[attr-defined]
        if len(content) > MAX_FILE:
            raise ValidationError(_("This file is too large."))
        try:
            return str(content.decode("utf-8-sig"))
        except UnicodeDecodeError as problem:
            raise ValidationError(_("Save the file as UTF-8 text and try again.")) from problem


class RoleForm(forms.Form):
    """Another role for a member."""

    role = forms.ChoiceField(label=_("Role"), choices=CourseRole.choices)
