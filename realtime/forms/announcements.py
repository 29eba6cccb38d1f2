"""The form of an announcement."""

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
