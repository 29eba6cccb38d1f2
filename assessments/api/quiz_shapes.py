"""The JSON of quizzes and their items."""

from dataclasses import replace
from typing import Any

from rest_framework import serializers

from assessments.api.fields import percent_field, points_field, score_field
from assessments.api.review_shapes import (
    ReviewPolicyField,
    ReviewPolicyOut,
    plain_data,
    with_plain_words,
)
from assessments.enums import (
    AiHelp,
    Behaviour,
    Counting,
    ExamChat,
    LateUnit,
    Layout,
    Navigation,
    QuizState,
    Solutions,
)
from assessments.models import Quiz, QuizItem
from assessments.services.access import MAX_CODE
from assessments.services.quiz_items import MAX_ITEMS
from assessments.services.quiz_sections import MAX_SECTIONS
from assessments.services.quiz_settings import (
    MAX_ATTEMPTS,
    MAX_COOLDOWN,
    MAX_GRACE,
    MAX_INSTRUCTIONS,
    MAX_NETWORKS,
    MAX_SECONDS,
    MAX_TRIES,
    MIN_SECONDS,
    MIN_TRIES,
    QuizSettings,
)


class SettingsIn(serializers.Serializer[Any]):
    """How a quiz is taken; null means without limit.

    `show_review` and `solutions` are short words for a `review` that is not sent along.
    """

    instructions = serializers.CharField(
        max_length=MAX_INSTRUCTIONS, required=False, allow_blank=True
    )
    time_limit_seconds = serializers.IntegerField(
        min_value=MIN_SECONDS, max_value=MAX_SECONDS, required=False, allow_null=True
    )
    attempts_allowed = serializers.IntegerField(
        min_value=1, max_value=MAX_ATTEMPTS, required=False, allow_null=True
    )
    counting = serializers.ChoiceField(choices=Counting.choices, required=False)
    shuffle_questions = serializers.BooleanField(required=False)
    shuffle_options = serializers.BooleanField(required=False)
    behaviour = serializers.ChoiceField(choices=Behaviour.choices, required=False)
    tries_allowed = serializers.IntegerField(
        min_value=MIN_TRIES, max_value=MAX_TRIES, required=False
    )
    try_penalty = percent_field(required=False)
    review = ReviewPolicyField(required=False)
    layout = serializers.ChoiceField(choices=Layout.choices, required=False)
    navigation = serializers.ChoiceField(choices=Navigation.choices, required=False)
    show_review = serializers.BooleanField(required=False)
    solutions = serializers.ChoiceField(choices=Solutions.choices, required=False)
    opens_at = serializers.DateTimeField(required=False, allow_null=True)
    due_at = serializers.DateTimeField(required=False, allow_null=True)
    closes_at = serializers.DateTimeField(required=False, allow_null=True)
    late_percent = percent_field(required=False)
    late_unit = serializers.ChoiceField(choices=LateUnit.choices, required=False)
    late_cap = percent_field(required=False)
    grace_seconds = serializers.IntegerField(min_value=0, max_value=MAX_GRACE, required=False)
    cooldown_seconds = serializers.IntegerField(min_value=0, max_value=MAX_COOLDOWN, required=False)
    addresses = serializers.ListField(
        child=serializers.CharField(max_length=60), max_length=MAX_NETWORKS, required=False
    )
    exam_mode = serializers.BooleanField(required=False)
    exam_ai = serializers.ChoiceField(choices=AiHelp.choices, required=False)
    exam_chat = serializers.ChoiceField(choices=ExamChat.choices, required=False)


class CodeIn(serializers.Serializer[Any]):
    """The code to ask before each start; empty asks for none."""

    code = serializers.CharField(max_length=MAX_CODE, allow_blank=True)


class QuizIn(SettingsIn):
    """The quiz of a lesson of kind quiz."""

    lesson = serializers.CharField(max_length=22)


class QuizOut(serializers.Serializer[Any]):
    """A quiz with the dates for everybody. `item_count` questions are asked in an attempt.

    `show_review` and `solutions` are the short words that come closest to `review`.
    `instructions` as written and `addresses` are for those who may change it, else null.
    """

    id = serializers.CharField()
    lesson = serializers.CharField()
    course = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=QuizState.choices)
    instructions = serializers.CharField(allow_null=True)
    instructions_html = serializers.CharField(allow_blank=True)
    time_limit_seconds = serializers.IntegerField(allow_null=True)
    attempts_allowed = serializers.IntegerField(allow_null=True)
    counting = serializers.ChoiceField(choices=Counting.choices)
    shuffle_questions = serializers.BooleanField()
    shuffle_options = serializers.BooleanField()
    behaviour = serializers.ChoiceField(choices=Behaviour.choices)
    tries_allowed = serializers.IntegerField()
    try_penalty = percent_field()
    review = ReviewPolicyOut()
    layout = serializers.ChoiceField(choices=Layout.choices)
    navigation = serializers.ChoiceField(choices=Navigation.choices)
    show_review = serializers.BooleanField()
    solutions = serializers.ChoiceField(choices=Solutions.choices)
    opens_at = serializers.DateTimeField(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    closes_at = serializers.DateTimeField(allow_null=True)
    late_percent = percent_field()
    late_unit = serializers.ChoiceField(choices=LateUnit.choices)
    late_cap = percent_field()
    grace_seconds = serializers.IntegerField()
    cooldown_seconds = serializers.IntegerField()
    asks_code = serializers.BooleanField()
    addresses = serializers.ListField(child=serializers.CharField(), allow_null=True)
    exam_mode = serializers.BooleanField()
    exam_ai = serializers.ChoiceField(choices=AiHelp.choices)
    exam_chat = serializers.ChoiceField(choices=ExamChat.choices)
    points = score_field()
    item_count = serializers.IntegerField()
    version = serializers.IntegerField()


class ItemIn(serializers.Serializer[Any]):
    """A question to ask, with its points; `pinned` is a version's number, null follows latest.

    Without `section` it goes into the last one.
    """

    question = serializers.CharField(max_length=22)
    section = serializers.CharField(max_length=22, required=False, allow_null=True)
    points = points_field(required=False)
    pinned = serializers.IntegerField(
        min_value=1, max_value=1_000_000, required=False, allow_null=True
    )


class ItemChangeIn(serializers.Serializer[Any]):
    """New points, another pin."""

    points = points_field(required=False)
    pinned = serializers.IntegerField(
        min_value=1, max_value=1_000_000, required=False, allow_null=True
    )


class ItemOut(serializers.Serializer[Any]):
    """A fixed question of a quiz; `ordinal` counts the draws too."""

    id = serializers.CharField()
    section = serializers.CharField()
    question = serializers.CharField()
    kind = serializers.CharField()
    text = serializers.CharField()
    ordinal = serializers.IntegerField()
    points = score_field()
    pinned = serializers.IntegerField(allow_null=True)


class ItemOrderIn(serializers.Serializer[Any]):
    """Every item's and draw's id once, in the new order, each after the section it belongs to.

    Without any section in it, all stay in their sections.
    """

    order = serializers.ListField(
        child=serializers.CharField(max_length=22), max_length=MAX_ITEMS + MAX_SECTIONS
    )


class RegradeIn(serializers.Serializer[Any]):
    """The question whose key was corrected."""

    question = serializers.CharField(max_length=22)


class CountOut(serializers.Serializer[Any]):
    """How many attempts changed."""

    changed = serializers.IntegerField()


def settings_from(fields: dict[str, Any], known: QuizSettings | None = None) -> QuizSettings:
    """Settings of validated fields of `SettingsIn`; what is left out stays as it is known."""
    typed = {"counting": Counting, "behaviour": Behaviour, "late_unit": LateUnit}
    typed |= {"exam_ai": AiHelp, "exam_chat": ExamChat}
    typed |= {"layout": Layout, "navigation": Navigation}
    known = known or QuizSettings()
    fields = with_plain_words(fields, known.review)
    given = {name: typed.get(name, _as_is)(value) for name, value in fields.items()}
    if "addresses" in given:
        given["addresses"] = tuple(given["addresses"])
    return replace(known, **given)


def _as_is(value: Any) -> Any:
    return value


def quiz_data(row: Quiz, *, edits: bool) -> dict[str, Any]:
    """The shape of `QuizOut`; `edits` for those who may change it."""
    return {
        "id": row.public_id,
        "lesson": row.lesson.public_id,
        "course": row.course.public_id,
        "title": row.lesson.title,
        "state": row.state,
        "instructions": row.instructions if edits else None,
        "instructions_html": row.instructions_html,
        "time_limit_seconds": row.time_limit_seconds,
        "attempts_allowed": row.attempts_allowed,
        "counting": row.counting,
        "shuffle_questions": row.shuffle_questions,
        "shuffle_options": row.shuffle_options,
        "behaviour": row.behaviour,
        "tries_allowed": row.tries_allowed,
        "try_penalty": row.try_penalty,
        **plain_data(row.review),
        "layout": row.layout,
        "navigation": row.navigation,
        "opens_at": row.opens_at,
        "due_at": row.due_at,
        "closes_at": row.closes_at,
        "late_percent": row.late_percent,
        "late_unit": row.late_unit,
        "late_cap": row.late_cap,
        "grace_seconds": row.grace_seconds,
        "cooldown_seconds": row.cooldown_seconds,
        "asks_code": bool(row.access_code),
        "addresses": row.addresses if edits else None,
        "exam_mode": row.exam_mode,
        "exam_ai": row.exam_ai,
        "exam_chat": row.exam_chat,
        "points": row.points,
        "item_count": row.item_count,
        "version": row.version,
    }


def item_data(row: QuizItem) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "section": row.section.public_id,
        "question": row.question.public_id,
        "kind": row.question.kind,
        "text": row.question.text,
        "ordinal": row.ordinal,
        "points": row.points,
        "pinned": row.pinned.number if row.pinned else None,
    }
