"""Writing a question: one form per type, its options in rows beside it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.enums import Difficulty, QuestionKind, ToleranceKind
from assessments.scoring.content import (
    MAX_OPTIONS,
    MAX_POINTS,
    MAX_STEM,
    Option,
    QuestionContent,
)
from assessments.scoring.numbers import MAX_TYPED
from assessments.scoring.numeric import MAX_UNIT

if TYPE_CHECKING:
    from django.http import QueryDict

START_ROWS = 4
MORE_ROWS = 2


class QuestionForm(forms.Form):
    """What every type has; `version` guards against a lost edit."""

    stem = forms.CharField(
        label=_("Question"),
        max_length=MAX_STEM,
        strip=False,
        help_text=_("Markdown, with $math$."),
        widget=forms.Textarea(attrs={"rows": 4, "class": "code"}),
    )
    explanation = forms.CharField(
        label=_("Why the answer is right"),
        max_length=MAX_STEM,
        required=False,
        strip=False,
        help_text=_("Markdown. Learners read it in the review."),
        widget=forms.Textarea(attrs={"rows": 3, "class": "code"}),
    )
    points = forms.DecimalField(
        label=_("Points"), min_value=0, max_value=MAX_POINTS, decimal_places=4, initial=Decimal(1)
    )
    difficulty = forms.ChoiceField(
        label=_("Difficulty"), required=False, choices=[("", _("Not said")), *Difficulty.choices]
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    kind = QuestionKind.SINGLE_CHOICE
    own: tuple[str, ...] = ()

    @property
    def own_fields(self) -> list[forms.BoundField]:
        """The fields of this type alone."""
        return [self[name] for name in self.own]

    def content(self, options: list[Option]) -> QuestionContent:
        """What the service writes."""
        data = self.cleaned_data
        difficulty = Difficulty(data["difficulty"]) if data["difficulty"] else None
        return QuestionContent(
            kind=self.kind,
            stem=data["stem"],
            explanation=data["explanation"],
            points=data["points"],
            difficulty=difficulty,
            options=tuple(options),
            **self.own_content(data),
        )

    def own_content(self, data: dict[str, Any]) -> dict[str, Any]:
        """The fields of the content that this type alone uses."""
        return {name: data[name] for name in self.own}


class SingleChoiceForm(QuestionForm):
    """Options with one right answer."""


class MultipleChoiceForm(QuestionForm):
    """Options with any number of right answers."""

    kind = QuestionKind.MULTIPLE_CHOICE
    own = ("partial_credit",)
    partial_credit = forms.BooleanField(
        label=_("Give part of the points: right ones chosen minus wrong ones chosen"),
        required=False,
        initial=True,
    )


class TrueFalseForm(QuestionForm):
    """A statement."""

    kind = QuestionKind.TRUE_FALSE
    own = ("truth",)
    truth = forms.TypedChoiceField(
        label=_("The statement is"),
        choices=[("true", _("True")), ("false", _("False"))],
        coerce=lambda value: value == "true",
        widget=forms.RadioSelect,
    )


class ShortAnswerForm(QuestionForm):
    """Accepted answers, one a line."""

    kind = QuestionKind.SHORT_ANSWER
    own = ("accepted", "match_case", "match_accents")
    accepted = forms.CharField(
        label=_("Accepted answers"),
        help_text=_("One a line. The first is shown in the review. White space never matters."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    match_case = forms.BooleanField(label=_("Upper and lower case matter"), required=False)
    match_accents = forms.BooleanField(label=_("Accents matter"), required=False, initial=True)

    def own_content(self, data: dict[str, Any]) -> dict[str, Any]:
        """Lines become accepted answers."""
        lines = tuple(line.strip() for line in data["accepted"].splitlines() if line.strip())
        return {**super().own_content(data), "accepted": lines}


class NumericForm(QuestionForm):
    """A number with a tolerance."""

    kind = QuestionKind.NUMERIC
    own = ("value", "tolerance", "tolerance_kind", "unit")
    value = forms.CharField(
        label=_("Right number"), max_length=MAX_TYPED, help_text=_("Point or comma: 12.5 or 12,5.")
    )
    tolerance = forms.CharField(label=_("Tolerance"), max_length=MAX_TYPED, initial="0")
    tolerance_kind = forms.ChoiceField(
        label=_("Tolerance is"),
        choices=ToleranceKind.choices,
        help_text=_("As a share, 0.05 means five per cent."),
    )
    unit = forms.CharField(label=_("Unit"), max_length=MAX_UNIT, required=False)

    def own_content(self, data: dict[str, Any]) -> dict[str, Any]:
        """The kind of tolerance as its enum."""
        own = super().own_content(data)
        return {**own, "tolerance_kind": ToleranceKind(own["tolerance_kind"])}


FORMS: dict[str, type[QuestionForm]] = {
    form.kind.value: form
    for form in (
        SingleChoiceForm,
        MultipleChoiceForm,
        TrueFalseForm,
        ShortAnswerForm,
        NumericForm,
    )
}


def has_options(kind: str) -> bool:
    """Whether the type is made of options."""
    return kind in {QuestionKind.SINGLE_CHOICE, QuestionKind.MULTIPLE_CHOICE}


def initial_of(content: QuestionContent, version: int) -> dict[str, Any]:
    """What the form shows of a stored question."""
    return {
        "stem": content.stem,
        "explanation": content.explanation,
        "points": f"{content.points.normalize():f}",
        "difficulty": content.difficulty or "",
        "version": version,
        "partial_credit": content.partial_credit,
        "truth": {True: "true", False: "false", None: ""}[content.truth],
        "accepted": "\n".join(content.accepted),
        "match_case": content.match_case,
        "match_accents": content.match_accents,
        "value": content.value,
        "tolerance": content.tolerance,
        "tolerance_kind": content.tolerance_kind,
        "unit": content.unit,
    }


def rows_of(content: QuestionContent | None) -> list[Option]:
    """The option rows to show: those there are, or a few empty ones."""
    if content is not None and content.options:
        return list(content.options)
    return [Option(text="") for _row in range(START_ROWS)]


def posted_rows(data: QueryDict) -> list[Option]:
    """The option rows of a post, also the empty ones; more of them when asked for."""
    ids, texts = data.getlist("option-id"), data.getlist("option-text")
    notes, right = data.getlist("option-feedback"), set(data.getlist("option-correct"))
    rows = [
        Option(
            id=ids[place][:22] if place < len(ids) else "",
            text=text,
            feedback=notes[place] if place < len(notes) else "",
            correct=str(place) in right,
        )
        for place, text in enumerate(texts[:MAX_OPTIONS])
    ]
    if data.get("act") == "more":
        rows += [Option(text="")] * min(MORE_ROWS, MAX_OPTIONS - len(rows))
    return rows


def filled(rows: list[Option]) -> list[Option]:
    """The rows that say something or are marked as right."""
    return [row for row in rows if row.text.strip() or row.correct or row.feedback.strip()]
