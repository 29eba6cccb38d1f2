"""How a quiz is taken."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessments.enums import (
    AiHelp,
    Behaviour,
    Counting,
    ExamChat,
    LateUnit,
    Layout,
    Navigation,
)
from assessments.forms.review import ReviewFields
from assessments.models.quiz import PENALTY
from assessments.services.access import MAX_CODE, MIN_CODE
from assessments.services.quiz_settings import (
    ALL,
    MAX_ATTEMPTS,
    MAX_COOLDOWN,
    MAX_GRACE,
    MAX_INSTRUCTIONS,
    MAX_SECONDS,
    MAX_TRIES,
    MIN_TRIES,
    QuizSettings,
)
from courses.forms.course import LocalTime

SECONDS_A_MINUTE = 60
SAME = {field.name for field in fields(QuizSettings)} - {
    "time_limit_seconds",
    "cooldown_seconds",
    "addresses",
    "review",
}


class QuizForm(ReviewFields):
    """The settings; empty means without limit. `version` guards against a lost edit."""

    instructions = forms.CharField(
        label=_("Instructions"),
        max_length=MAX_INSTRUCTIONS,
        required=False,
        strip=False,
        help_text=_("Markdown. Shown before the start."),
        widget=forms.Textarea(attrs={"rows": 3, "class": "code"}),
    )
    opens_at = forms.DateTimeField(
        label=_("Opens"), required=False, widget=LocalTime(), help_text=_("In your time zone.")
    )
    due_at = forms.DateTimeField(
        label=_("Due"),
        required=False,
        widget=LocalTime(),
        help_text=_("What is handed in later is late, and is taken until the quiz closes."),
    )
    closes_at = forms.DateTimeField(
        label=_("Closes"),
        required=False,
        widget=LocalTime(),
        help_text=_("Attempts end by then. Extra time of a person moves it for them."),
    )
    late_percent = forms.DecimalField(
        label=_("Lateness costs, in percent"),
        required=False,
        min_value=0,
        max_value=100,
        decimal_places=2,
        help_text=_("Of the points of the quiz, never more than was earned."),
    )
    late_unit = forms.ChoiceField(label=_("Late work"), choices=LateUnit.choices, required=False)
    late_cap = forms.DecimalField(
        label=_("At most, in percent"),
        required=False,
        min_value=0,
        max_value=100,
        decimal_places=2,
    )
    minutes = forms.DecimalField(
        label=_("Time limit in minutes"),
        required=False,
        min_value=0,
        max_value=MAX_SECONDS // SECONDS_A_MINUTE,
        decimal_places=2,
        help_text=_("Leave it empty for no limit."),
    )
    grace_seconds = forms.IntegerField(
        label=_("Grace in seconds"),
        required=False,
        min_value=0,
        max_value=MAX_GRACE,
        help_text=_("So long after time is up, last answers on a slow line still count."),
    )
    attempts_allowed = forms.IntegerField(
        label=_("Attempts"),
        required=False,
        min_value=1,
        max_value=MAX_ATTEMPTS,
        help_text=_("Leave it empty for any number."),
    )
    cooldown_minutes = forms.DecimalField(
        label=_("Minutes between attempts"),
        required=False,
        min_value=0,
        max_value=MAX_COOLDOWN // SECONDS_A_MINUTE,
        decimal_places=2,
        help_text=_("A day has 1440. Leave it empty for no wait."),
    )
    counting = forms.ChoiceField(label=_("What counts"), choices=Counting.choices)
    shuffle_questions = forms.BooleanField(
        label=_("Shuffle the questions"),
        required=False,
        help_text=_("Within each section; sections keep their order."),
    )
    shuffle_options = forms.BooleanField(label=_("Shuffle the options"), required=False)
    layout = forms.ChoiceField(label=_("Pages"), choices=Layout.choices, required=False)
    navigation = forms.ChoiceField(
        label=_("Moving between pages"),
        choices=Navigation.choices,
        required=False,
        help_text=_("Forward only: a page that was left cannot be seen or changed any more."),
    )
    behaviour = forms.ChoiceField(
        label=_("How answers are scored"), choices=Behaviour.choices, required=False
    )
    tries_allowed = forms.IntegerField(
        label=_("Tries per question"),
        required=False,
        min_value=MIN_TRIES,
        max_value=MAX_TRIES,
        help_text=_("For several tries with hints."),
    )
    try_penalty = forms.DecimalField(
        label=_("A further try costs, in percent"),
        required=False,
        min_value=0,
        max_value=100,
        decimal_places=2,
        help_text=_("Of the points of the question. What was earned is never taken back."),
    )
    access_code = forms.CharField(
        label=_("New access code"),
        required=False,
        min_length=MIN_CODE,
        max_length=MAX_CODE,
        help_text=_("Asked before each start. It is kept as a hash: write it down."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    no_code = forms.BooleanField(label=_("Ask for no code any more"), required=False)
    addresses = forms.CharField(
        label=_("Only from these networks"),
        required=False,
        help_text=_("One per line, such as 10.1.0.0/16. Leave it empty for anywhere."),
        widget=forms.Textarea(attrs={"rows": 3, "class": "code", "dir": "ltr"}),
    )
    exam_mode = forms.BooleanField(
        label=_("Exam mode"),
        required=False,
        help_text=_("While somebody has an open attempt, help and talk are limited for them."),
    )
    exam_ai = forms.ChoiceField(
        label=_("AI help during the exam"), choices=AiHelp.choices, required=False
    )
    exam_chat = forms.ChoiceField(
        label=_("Chat of this course during the exam"), choices=ExamChat.choices, required=False
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    @staticmethod
    def initial_of(settings: QuizSettings, version: int | None) -> dict[str, Any]:
        """What the form shows before anything was typed."""
        return {
            **{name: getattr(settings, name) for name in SAME},
            "minutes": _minutes(settings.time_limit_seconds),
            "cooldown_minutes": _minutes(settings.cooldown_seconds or None),
            "addresses": "\n".join(settings.addresses),
            "version": version,
            **ReviewFields.initial_review(settings.review),
        }

    def settings(self) -> QuizSettings:
        """What the service writes."""
        data = self.cleaned_data
        same = {name: data[name] for name in SAME}
        same |= {
            "counting": Counting(data["counting"]),
            "behaviour": Behaviour(data["behaviour"] or Behaviour.DEFERRED),
            "tries_allowed": data["tries_allowed"] or QuizSettings().tries_allowed,
            "try_penalty": PENALTY if data["try_penalty"] is None else data["try_penalty"],
            "review": self.policy(),
            "layout": Layout(data["layout"] or Layout.ALL),
            "navigation": Navigation(data["navigation"] or Navigation.FREE),
            "late_unit": LateUnit(data["late_unit"] or LateUnit.NONE),
            "late_percent": data["late_percent"] or Decimal(0),
            "late_cap": ALL if data["late_cap"] is None else data["late_cap"],
            "exam_ai": AiHelp(data["exam_ai"] or AiHelp.OFF),
            "exam_chat": ExamChat(data["exam_chat"] or ExamChat.CLOSED),
            "grace_seconds": data["grace_seconds"] or 0,
        }
        return QuizSettings(
            **same,
            time_limit_seconds=_seconds(data["minutes"]),
            cooldown_seconds=_seconds(data["cooldown_minutes"]) or 0,
            addresses=tuple(data["addresses"].split()),
        )

    def new_code(self) -> str | None:
        """The code to ask from now on, empty for none, None to leave it as it is."""
        if self.cleaned_data["no_code"]:
            return ""
        return self.cleaned_data["access_code"] or None


def _minutes(seconds: int | None) -> str | None:
    return None if seconds is None else f"{round(seconds / SECONDS_A_MINUTE, 2):g}"


def _seconds(minutes: Decimal | None) -> int | None:
    return None if minutes is None else round(minutes * SECONDS_A_MINUTE)
