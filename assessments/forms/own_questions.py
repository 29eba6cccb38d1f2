"""Where questions of one's own bank go."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class BringForm(forms.Form):
    """The course that gets copies, and what becomes of the questions here."""

    course = forms.ChoiceField(
        label=_("Into the course"), error_messages={"required": _("Choose a course.")}
    )
    here = forms.ChoiceField(
        label=_("The questions here"),
        choices=[("keep", _("keep them here")), ("retire", _("retire them here"))],
        initial="keep",
    )

    def __init__(self, data: Any = None, *, courses: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["course"].choices = [("", _("Choose a course")), *courses]  # type: ignore[attr-defined]
