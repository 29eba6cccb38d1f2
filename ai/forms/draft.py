"""A generated question being edited: the fields of its kind, by number where there are several."""

import re
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext_lazy as _

from ai.enums import CheckName, QuestionKind
from ai.gateway.provider import Option
from ai.models import Draft
from ai.services.drafting import DraftChanges
from lms.kernel.text import readable_math

MAX_TEXT = 1_000
SPARE_OPTIONS = 1
CHOICES = (QuestionKind.SINGLE_CHOICE, QuestionKind.MULTIPLE_CHOICE)


class Mark(NamedTuple):
    """The input that marks an option as right, with its id and label."""

    html: str
    id: str
    label: str


class DraftForm(forms.Form):
    """The question of a draft. `version` guards against a lost edit."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    stem = forms.CharField(
        label=_("Question"), max_length=2_000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, draft: Draft, data: Any = None) -> None:
        content = draft.content
        initial = {"version": draft.version, **content}
        initial["accepted"] = "\n".join(content["accepted"])
        super().__init__(data, initial=initial, prefix=draft.public_id)
        self.draft = draft
        self.slots = len(content["options"]) + SPARE_OPTIONS
        self._add_fields(draft)

    def _add_fields(self, draft: Draft) -> None:
        if draft.kind in CHOICES:
            self._add_options(draft)
        elif draft.kind == QuestionKind.TRUE_FALSE:
            self.fields["answer"] = forms.ChoiceField(
                label=_("Answer"),
                choices=[("true", _("True")), ("false", _("False"))],
                widget=forms.RadioSelect,
            )
        else:
            self.fields["answer"] = forms.CharField(label=_("Answer"), max_length=200)
        if draft.kind == QuestionKind.SHORT_ANSWER:
            self.fields["accepted"] = forms.CharField(
                label=_("Also accepted, one per line"),
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
        if draft.kind == QuestionKind.NUMERIC:
            self.fields["tolerance"] = forms.CharField(label=_("Tolerance"), max_length=40)
            self.fields["unit"] = forms.CharField(label=_("Unit"), max_length=30, required=False)
        self.fields["explanation"] = forms.CharField(
            label=_("Explanation"),
            max_length=2_000,
            required=False,
            widget=forms.Textarea(attrs={"rows": 2}),
        )

    def _add_options(self, draft: Draft) -> None:
        options = draft.content["options"]
        for at in range(self.slots):
            known = options[at] if at < len(options) else {"text": "", "right": False}
            number = {"number": at + 1}
            self.fields[f"option_{at}"] = forms.CharField(
                label=_("Option %(number)d") % number,
                max_length=MAX_TEXT,
                required=False,
                initial=known["text"],
            )
            if draft.kind == QuestionKind.MULTIPLE_CHOICE:
                self.fields[f"right_{at}"] = forms.BooleanField(
                    label=_("Option %(number)d is right") % number,
                    required=False,
                    initial=known["right"],
                )
        if draft.kind == QuestionKind.SINGLE_CHOICE:
            marked = (str(at) for at, option in enumerate(options) if option["right"])
            self.fields["right"] = forms.ChoiceField(
                label=_("What is right"),
                choices=[
                    (str(at), _("Option %(number)d is right") % {"number": at + 1})
                    for at in range(self.slots)
                ],
                initial=next(marked, None),
                widget=forms.RadioSelect,
            )

    @property
    def passage(self) -> list[dict[str, Any]]:
        """The source's passage in parts, the cited sentences marked."""
        text = str(self.draft.source.get("passage", "")) or " ".join(self.draft.evidence)
        cited = "|".join(
            r"\s+".join(re.escape(word) for word in sentence.split())
            for sentence in self.draft.evidence
        )
        parts = re.split(f"({cited})", text) if cited else [text]
        return [
            {"text": readable_math(part), "cited": bool(at % 2)}
            for at, part in enumerate(parts)
            if part.strip()
        ]

    @property
    def judged(self) -> list[dict[str, Any]]:
        """The checks that were decided, either way."""
        return [check for check in self.checks if check["judged"]]

    @property
    def failed(self) -> list[dict[str, Any]]:
        """The checks that did not pass."""
        return [check for check in self.checks if not check["passed"]]

    @property
    def checks(self) -> list[dict[str, Any]]:
        """The draft's checks with words for people."""
        words = dict(CheckName.choices)
        return [
            {"judged": True, **check, "words": words.get(check["name"], check["name"])}
            for check in self.draft.checks
        ]

    @property
    def option_rows(self) -> list[tuple[forms.BoundField, Mark]]:
        """Bound text and mark of each option: a radio button where one is right."""
        if self.draft.kind not in CHOICES:
            return []
        return [(self[f"option_{at}"], self._mark(at)) for at in range(self.slots)]

    def _mark(self, at: int) -> Mark:
        if self.draft.kind == QuestionKind.SINGLE_CHOICE:
            radio = self["right"].subwidgets[at]
            return Mark(radio.tag(), str(radio.id_for_label), str(radio.choice_label))
        box = self[f"right_{at}"]
        return Mark(str(box), str(box.id_for_label), str(box.label))

    @property
    def one_is_right(self) -> bool:
        """Whether exactly one option can be right."""
        return self.draft.kind == QuestionKind.SINGLE_CHOICE

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        """The fields that are shown as usual, below stem and options."""
        return [self[name] for name in self.fields if not name.startswith(_OWN_PLACE)]

    def changes(self) -> DraftChanges:
        """The cleaned input as changes."""
        data = self.cleaned_data
        accepted = [line.strip() for line in data.get("accepted", "").splitlines() if line.strip()]
        return DraftChanges(
            stem=data["stem"],
            options=self._options() if self.draft.kind in CHOICES else None,
            answer=data.get("answer"),
            accepted=tuple(accepted) if "accepted" in data else None,
            tolerance=data.get("tolerance"),
            unit=data.get("unit"),
            explanation=data["explanation"],
        )

    def _options(self) -> tuple[Option, ...]:
        data = self.cleaned_data
        chosen = data.get("right")
        pairs = (
            (data[f"option_{at}"], data.get(f"right_{at}", str(at) == chosen))
            for at in range(self.slots)
        )
        return tuple(Option(text, right=right) for text, right in pairs if text)

    def changed_fields(self) -> bool:
        """Whether the person changed more than nothing; line ends do not count."""
        return any(name != "version" for name in self.changed_data)


_OWN_PLACE = ("version", "stem", "option_", "right")
