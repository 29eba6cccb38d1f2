"""What teaching material to make, and from what."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from ai.enums import ContentKind, Use
from ai.gateway.content.shape import BY_RULES
from ai.services.content import MAX_TITLE, MAX_URL
from courses.models import Attachment, Lesson, Section


class ContentForm(forms.Form):
    """One source of several; `use` is asked only when a model is connected."""

    kind = forms.ChoiceField(label=_("What to make"), choices=ContentKind.choices)
    source = forms.ChoiceField(
        label=_("From the course"),
        required=False,
        help_text=_("A lesson, a section or everything; or fill one of the fields below."),
    )
    content = forms.CharField(
        label=_("Or from a text"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Markdown headings become sections and lessons of an outline."),
    )
    url = forms.CharField(
        label=_("Or from a web page"),
        required=False,
        max_length=MAX_URL,
        widget=forms.URLInput(attrs={"inputmode": "url", "placeholder": "https://"}),
        help_text=_("A public page or PDF of at most 5 MB."),
    )
    title = forms.CharField(
        label=_("Or from a title alone"),
        required=False,
        max_length=MAX_TITLE,
        help_text=_("Needs a language model; what it writes has no source, so check all of it."),
    )
    into = forms.ChoiceField(
        label=_("Into the lesson"),
        required=False,
        help_text=_("Pieces wait there for your decision. Not asked for outlines."),
    )
    language = forms.CharField(label=_("Language of a translation"), required=False, max_length=40)
    level = forms.CharField(label=_("Readers of simpler words"), required=False, max_length=80)
    use = forms.ChoiceField(
        label=_("Made by"), choices=Use.choices, initial=Use.AUTO, widget=forms.RadioSelect
    )

    def __init__(
        self,
        *args: object,
        lessons: Iterable[Lesson],
        sections: Iterable[Section],
        files: Iterable[Attachment],
        connected: bool,
        **kwargs: object,
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        rows = list(lessons)
        places = [(one.public_id, one.title) for one in rows]
        self._choices("into", [("", _("The lesson it comes from, if any")), *places])
        self._choices(
            "source",
            [
                ("", _("None of these")),
                ("whole", _("The whole course")),
                (_("Lessons"), [(f"lesson:{value}", title) for value, title in places]),
                (_("Sections"), [(f"section:{s.public_id}", s.title) for s in sections]),
                (_("Files"), [(f"attachment:{f.public_id}", f.name) for f in files]),
            ],
        )
        if not connected:
            for name in ("use", "title", "language", "level"):
                del self.fields[name]
            self._choices("kind", [(k.value, k.label) for k in ContentKind if k in BY_RULES])

    def _choices(self, name: str, choices: list[object]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - narrows for the type checker
        field.choices = choices  # type: ignore[assignment]
