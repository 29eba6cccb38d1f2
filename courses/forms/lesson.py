"""What a lesson says."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from courses.forms.outline import LessonForm


class LessonEditorForm(LessonForm):
    """Title, length and text of a lesson in one page; `version` guards against a lost edit."""

    markdown = forms.CharField(
        label=_("Text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"class": "source", "rows": 24, "spellcheck": "true"}),
    )
    video_url = forms.CharField(
        label=_("Video"),
        required=False,
        max_length=200,
        help_text=_("The https address of a YouTube or Vimeo video."),
        widget=forms.URLInput(attrs={"inputmode": "url"}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class AttachmentForm(forms.Form):
    """A file for learners to open or download."""

    file = forms.FileField(
        label=_("Add a file"),
        help_text=_("At most 50 MB. What you wrote above is saved as a draft with it."),
        widget=forms.FileInput(attrs={"form": "lesson-form"}),
    )
