"""Input of a course's analytics page."""

from django import forms
from django.utils.translation import gettext_lazy as _

from analytics.scoring.rows import DEFAULT_CLUSTERS, MAX_CLUSTERS, MIN_CLUSTERS


class RefreshForm(forms.Form):
    """How many groups to look for."""

    k = forms.TypedChoiceField(
        label=_("Groups"),
        coerce=int,
        choices=[(k, str(k)) for k in range(MIN_CLUSTERS, MAX_CLUSTERS + 1)],
        initial=DEFAULT_CLUSTERS,
    )


class ContactForm(forms.Form):
    """Whom somebody got in touch with."""

    student = forms.CharField(max_length=22)
