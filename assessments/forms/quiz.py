"""How a quiz is taken, and what its questions are worth."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.enums import Counting, Solutions
from assessments.scoring.content import MAX_POINTS
from assessments.services.attempt import MAX_EXTRA_MINUTES, MAX_REASON
from assessments.services.quiz import MAX_ATTEMPTS, MAX_INSTRUCTIONS, MAX_SECONDS, QuizSettings
from courses.forms.course import LocalTime

SECONDS_A_MINUTE = 60


class QuizForm(forms.Form):
    """The settings; empty means without limit. `version` guards against a lost edit."""

    instructions = forms.CharField(
        label=_("Instructions"),
        max_length=MAX_INSTRUCTIONS,
        required=False,
        strip=False,
        help_text=_("Markdown. Shown before the start."),
        widget=forms.Textarea(attrs={"rows": 3, "class": "code"}),
    )
    minutes = forms.DecimalField(
        label=_("Time limit in minutes"),
        required=False,
        min_value=0,
        max_value=MAX_SECONDS // SECONDS_A_MINUTE,
        decimal_places=2,
        help_text=_("Leave it empty for no limit."),
    )
    attempts_allowed = forms.IntegerField(
        label=_("Attempts"),
        required=False,
        min_value=1,
        max_value=MAX_ATTEMPTS,
        help_text=_("Leave it empty for any number."),
    )
    counting = forms.ChoiceField(label=_("What counts"), choices=Counting.choices)
    shuffle_questions = forms.BooleanField(label=_("Shuffle the questions"), required=False)
    shuffle_options = forms.BooleanField(label=_("Shuffle the options"), required=False)
    show_review = forms.BooleanField(
        label=_("Show the score as soon as somebody hands in"),
        required=False,
        help_text=_("Otherwise learners see it when you release the results."),
    )
    solutions = forms.ChoiceField(
        label=_("Show the right answers"),
        choices=Solutions.choices,
        help_text=_("Only to learners who know their score. With any number of attempts: at once."),
    )
    opens_at = forms.DateTimeField(
        label=_("Opens"), required=False, widget=LocalTime(), help_text=_("In your time zone.")
    )
    closes_at = forms.DateTimeField(
        label=_("Closes"),
        required=False,
        widget=LocalTime(),
        help_text=_("Attempts end by then. Extra time of a person moves it for them."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    @staticmethod
    def initial_of(settings: QuizSettings, version: int | None) -> dict[str, Any]:
        """What the form shows before anything was typed."""
        seconds = settings.time_limit_seconds
        minutes = None if seconds is None else round(seconds / SECONDS_A_MINUTE, 2)
        return {
            "instructions": settings.instructions,
            "minutes": f"{minutes:g}" if minutes is not None else None,
            "attempts_allowed": settings.attempts_allowed,
            "counting": settings.counting,
            "shuffle_questions": settings.shuffle_questions,
            "shuffle_options": settings.shuffle_options,
            "show_review": settings.show_review,
            "solutions": settings.solutions,
            "opens_at": settings.opens_at,
            "closes_at": settings.closes_at,
            "version": version,
        }

    def settings(self) -> QuizSettings:
        """What the service writes."""
        data = self.cleaned_data
        minutes = data["minutes"]
        return QuizSettings(
            instructions=data["instructions"],
            time_limit_seconds=None if minutes is None else round(minutes * SECONDS_A_MINUTE),
            attempts_allowed=data["attempts_allowed"],
            counting=Counting(data["counting"]),
            shuffle_questions=data["shuffle_questions"],
            shuffle_options=data["shuffle_options"],
            show_review=data["show_review"],
            solutions=Solutions(data["solutions"]),
            opens_at=data["opens_at"],
            closes_at=data["closes_at"],
        )


class ItemForm(forms.Form):
    """What a question is worth here, and which version is asked."""

    points = forms.DecimalField(
        label=_("Points"), min_value=0, max_value=MAX_POINTS, decimal_places=4
    )
    pinned = forms.IntegerField(required=False, min_value=1)


class OverrideForm(forms.Form):
    """A score by hand."""

    score = forms.DecimalField(
        label=_("Score"), min_value=0, decimal_places=4, max_digits=9, localize=False
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=MAX_REASON, help_text=_("Kept with the grade.")
    )


class ExtendForm(forms.Form):
    """More time for an attempt."""

    minutes = forms.IntegerField(
        label=_("Minutes"), min_value=1, max_value=MAX_EXTRA_MINUTES, initial=10
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=MAX_REASON, help_text=_("Kept in the log.")
    )
