"""File upload: which kinds, how many, how large, and notes for who marks it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.enums import QuestionKind
from assessments.forms.questions.base import QuestionForm
from assessments.scoring.content import MAX_STEM, QuestionContent, detail_of
from assessments.scoring.file_upload import MOST_FILES, MOST_MB, Uploads
from courses.services.sniffing import KNOWN_EXTENSIONS

if TYPE_CHECKING:
    from django.http import QueryDict

    from assessments.queries.attempt import QuestionSheet


class FileUploadForm(QuestionForm):
    """Files that a person opens and marks."""

    kind = QuestionKind.FILE_UPLOAD
    own = ("kinds", "most", "max_mb", "notes")
    together = (("most", "max_mb"),)
    kinds = forms.CharField(
        label=_("Accepted kinds"),
        max_length=400,
        required=False,
        help_text=_("Endings with commas between them, such as pdf, docx. Empty takes all of: ")
        + ", ".join(sorted(KNOWN_EXTENSIONS)),
        widget=forms.TextInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )
    most = forms.IntegerField(label=_("Most files"), min_value=1, max_value=MOST_FILES, initial=1)
    max_mb = forms.IntegerField(
        label=_("Largest file, in MB"), min_value=1, max_value=MOST_MB, initial=10
    )
    notes = forms.CharField(
        label=_("Notes for whoever marks it"),
        max_length=MAX_STEM,
        required=False,
        strip=False,
        help_text=_("Markdown. Learners never see them."),
        widget=forms.Textarea(attrs={"rows": 4, "class": "code"}),
    )

    def own_content(self, data: dict[str, Any]) -> dict[str, Any]:
        """All of it is the detail."""
        typed = data["kinds"].replace(";", ",").replace(" ", ",").lower().split(",")
        kinds = dict.fromkeys(one.strip().lstrip(".") for one in typed)
        detail = Uploads(
            kinds=tuple(one for one in kinds if one),
            most=data["most"],
            max_mb=data["max_mb"],
            notes=data["notes"],
        )
        return {"detail": detail}

    @classmethod
    def initial_of(cls, content: QuestionContent) -> dict[str, Any]:
        """The endings with commas between them."""
        asked = detail_of(content, Uploads)
        return {
            "kinds": ", ".join(asked.kinds),
            "most": asked.most,
            "max_mb": asked.max_mb,
            "notes": asked.notes,
        }

    @classmethod
    def answer(cls, data: QueryDict, name: str, shown: QuestionSheet) -> Any:
        """The files that the form still names; what is no answer is refused later."""
        dropped = set(data.getlist(f"{name}-drop"))
        try:
            said = json.loads(data.get(name) or "null")
            named = said["files"] if said else []
            kept = [one for one in named if one["id"] not in dropped]
        except (ValueError, TypeError, KeyError, RecursionError):
            return {"files": None}
        return {"files": kept} if kept else None
