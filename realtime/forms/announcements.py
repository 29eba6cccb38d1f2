"""The form of an announcement."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from realtime.enums import MAX_ANNOUNCEMENT, MAX_TITLE


class AnnouncementForm(forms.Form):
    """Title and text; the service decides whether they will do."""

    title = forms.CharField(label=_("Title"), max_length=MAX_TITLE)
    body = forms.CharField(
        label=_("Text"),
        max_length=MAX_ANNOUNCEMENT,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Markdown works here. Everybody in the course is told, by mail too."),
    )


class EditAnnouncementForm(AnnouncementForm):
    """Other words for one that went out; `version` guards against a lost edit."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    field_order = ("title", "body", "version")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].help_text = _("Markdown works here.")
