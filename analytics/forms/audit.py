"""Input of an audit by groups of people."""

from django import forms
from django.utils.translation import gettext_lazy as _


class AuditForm(forms.Form):
    """The table of attributes."""

    file = forms.FileField(
        label=_("Table (CSV)"),
        help_text=_(
            "Columns person (e-mail address or id), attribute and value. It is used for this report"
            " alone and deleted with it."
        ),
    )
