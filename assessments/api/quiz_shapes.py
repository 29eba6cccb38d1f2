"""The JSON of quizzes and their items."""

from typing import Any

from rest_framework import serializers

from assessments.api.fields import points_field, score_field
from assessments.enums import Counting, QuizState, Solutions
from assessments.models import Quiz, QuizItem
from assessments.services.quiz import MAX_ATTEMPTS, MAX_INSTRUCTIONS, MAX_SECONDS, MIN_SECONDS
from assessments.services.quiz_items import MAX_ITEMS


class SettingsIn(serializers.Serializer[Any]):
    """How a quiz is taken; null means without limit."""

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
    show_review = serializers.BooleanField(required=False)
    solutions = serializers.ChoiceField(choices=Solutions.choices, required=False)
    opens_at = serializers.DateTimeField(required=False, allow_null=True)
    closes_at = serializers.DateTimeField(required=False, allow_null=True)


class QuizIn(SettingsIn):
    """The quiz of a lesson of kind quiz."""

    lesson = serializers.CharField(max_length=22)


class QuizOut(serializers.Serializer[Any]):
    """A quiz; `instructions` as written is for those who may change it, else null."""

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
    show_review = serializers.BooleanField()
    solutions = serializers.ChoiceField(choices=Solutions.choices)
    opens_at = serializers.DateTimeField(allow_null=True)
    closes_at = serializers.DateTimeField(allow_null=True)
    points = score_field()
    item_count = serializers.IntegerField()
    version = serializers.IntegerField()


class ItemIn(serializers.Serializer[Any]):
    """A question to ask, with its points; `pinned` is a version's number, null follows latest."""

    question = serializers.CharField(max_length=22)
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
    """A question of a quiz."""

    id = serializers.CharField()
    question = serializers.CharField()
    kind = serializers.CharField()
    text = serializers.CharField()
    ordinal = serializers.IntegerField()
    points = score_field()
    pinned = serializers.IntegerField(allow_null=True)


class ItemOrderIn(serializers.Serializer[Any]):
    """Every item's id once, in the new order."""

    order = serializers.ListField(child=serializers.CharField(max_length=22), max_length=MAX_ITEMS)


class RegradeIn(serializers.Serializer[Any]):
    """The question whose key was corrected."""

    question = serializers.CharField(max_length=22)


class CountOut(serializers.Serializer[Any]):
    """How many attempts changed."""

    changed = serializers.IntegerField()


def quiz_data(row: Quiz, *, instructions: str | None) -> dict[str, Any]:
    """The shape of `QuizOut`."""
    return {
        "id": row.public_id,
        "lesson": row.lesson.public_id,
        "course": row.course.public_id,
        "title": row.lesson.title,
        "state": row.state,
        "instructions": instructions,
        "instructions_html": row.instructions_html,
        "time_limit_seconds": row.time_limit_seconds,
        "attempts_allowed": row.attempts_allowed,
        "counting": row.counting,
        "shuffle_questions": row.shuffle_questions,
        "shuffle_options": row.shuffle_options,
        "show_review": row.show_review,
        "solutions": row.solutions,
        "opens_at": row.opens_at,
        "closes_at": row.closes_at,
        "points": row.points,
        "item_count": row.item_count,
        "version": row.version,
    }


def item_data(row: QuizItem) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "question": row.question.public_id,
        "kind": row.question.kind,
        "text": row.question.text,
        "ordinal": row.ordinal,
        "points": row.points,
        "pinned": row.pinned.number if row.pinned else None,
    }
