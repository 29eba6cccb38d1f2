"""A file of questions: chosen, pasted, or carried from the preview to the import."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from assessments.enums import ExchangeFormat, QuestionState
from assessments.exchange.reading import MAX_BYTES
from assessments.services.question_import import QuestionFile


class ImportForm(forms.Form):
    """A file or pasted text. `carried` is the same file again, in base64 from the preview."""

    file = forms.FileField(
        label=_("File"),
        required=False,
        allow_empty_file=True,
        help_text=_("GIFT, Aiken or Moodle XML in UTF-8, at most 1.5 MB and 1,000 questions."),
        widget=forms.FileInput(attrs={"accept": ".txt,.gift,.xml,text/plain,text/xml"}),
    )
    text = forms.CharField(
        label=_("Or paste it"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )
    format = forms.ChoiceField(
        label=_("Format"),
        required=False,
        choices=[("", _("Tell by the content")), *ExchangeFormat.choices],
    )
    take_same = forms.BooleanField(
        label=_("Bring questions in that the bank already has"), required=False
    )
    state = forms.ChoiceField(
        label=_("They become"),
        required=False,
        choices=[
            (QuestionState.READY.value, _("ready questions")),
            (QuestionState.DRAFT.value, _("drafts, to look through first")),
        ],
    )
    carried = forms.CharField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(required=False, max_length=150, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Put what came into `given`, a `QuestionFile`."""
        data = dict(super().clean() or {})
        content = self._content(data)
        if not content.strip():
            raise ValidationError({"file": _("Choose a file or paste some questions.")})
        wanted = data.get("format")
        data["given"] = QuestionFile(
            data=content,
            name=data["file"].name if data.get("file") else data.get("name", ""),
            format=ExchangeFormat(wanted) if wanted else None,
        )
        return data

    @staticmethod
    def _content(data: dict[str, Any]) -> bytes:
        if data.get("file"):
            return bytes(data["file"].read(MAX_BYTES + 1))
        if data.get("carried"):
            try:
                return base64.b64decode(data["carried"], validate=True)
            except (binascii.Error, ValueError) as problem:
                raise ValidationError({"file": _("Choose the file again.")}) from problem
        return str(data.get("text", "")).encode()

    @property
    def parcel(self) -> str:
        """What came, for the next form."""
        return base64.b64encode(self.cleaned_data["given"].data).decode()


class ExportForm(forms.Form):
    """The format of a file to write."""

    format = forms.ChoiceField(
        label=_("Format"), choices=ExchangeFormat.choices, widget=forms.RadioSelect
    )
