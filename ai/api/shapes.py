"""A draft as JSON, for those who review it; its answer is in it."""

from typing import Any

from rest_framework import serializers

from ai.api.suggestions import SuggestionOut, suggestion_data
from ai.enums import Bloom, Difficulty, QuestionKind
from ai.gateway.provider import Option
from ai.models import Draft
from ai.services.drafting import DraftChanges

MAX_STEM = 2_000
MAX_TEXT = 1_000
MAX_OPTIONS = 10


class OptionShape(serializers.Serializer[Any]):
    """One option by its text."""

    text = serializers.CharField(max_length=MAX_TEXT)
    right = serializers.BooleanField()


class ContentShape(serializers.Serializer[Any]):
    """The question in plain text.

    `answer` is "true" or "false" for true_false, a number for numeric, a text for short_answer;
    for choices it follows from `options`.
    """

    stem = serializers.CharField(max_length=MAX_STEM)
    options = OptionShape(many=True, max_length=MAX_OPTIONS)  # type: ignore[call-arg]
    answer = serializers.CharField(max_length=MAX_TEXT)
    accepted = serializers.ListField(
        child=serializers.CharField(max_length=200), max_length=20, allow_empty=True
    )
    tolerance = serializers.CharField(max_length=40)
    unit = serializers.CharField(max_length=30, allow_blank=True)
    explanation = serializers.CharField(max_length=MAX_STEM, allow_blank=True)


class CheckOut(serializers.Serializer[Any]):
    """One check and why it did not pass.

    With `judged` false nothing decided it; `passed` then says only that it does not block.
    """

    name = serializers.CharField()
    passed = serializers.BooleanField()
    detail = serializers.CharField(allow_blank=True)
    blocking = serializers.BooleanField()
    judged = serializers.BooleanField()


class CitedBlockOut(serializers.Serializer[Any]):
    """A block of the source and the hash of its text when it was read."""

    key = serializers.CharField()
    sha256 = serializers.CharField()


class SourceOut(serializers.Serializer[Any]):
    """Where the evidence stands; `version` 0 is pasted text."""

    title = serializers.CharField()
    version = serializers.IntegerField()
    sha256 = serializers.CharField()
    passage = serializers.CharField()
    blocks = CitedBlockOut(many=True)


class DraftOut(SuggestionOut):
    """A generated question waiting for, or after, a person's decision."""

    kind = serializers.ChoiceField(choices=QuestionKind.choices)
    difficulty = serializers.ChoiceField(choices=Difficulty.choices)
    bloom = serializers.ChoiceField(choices=Bloom.choices, allow_blank=True)
    outcome = serializers.CharField(allow_null=True)
    question = ContentShape()
    evidence = serializers.CharField()
    source = SourceOut()  # type: ignore[assignment]
    checks = CheckOut(many=True)
    edited = serializers.BooleanField()
    reason = serializers.CharField(allow_blank=True)
    accepted_question = serializers.CharField(allow_null=True)


class AcceptIn(serializers.Serializer[Any]):
    """The course whose bank gets a question from pasted text; `draft` keeps it from quizzes."""

    course = serializers.CharField(required=False, max_length=22)
    draft = serializers.BooleanField(default=False)


class RejectIn(serializers.Serializer[Any]):
    """Why the question is turned down."""

    reason = serializers.CharField(required=False, allow_blank=True, max_length=500)


def draft_data(draft: Draft) -> dict[str, Any]:
    """A draft for JSON."""
    return {
        **suggestion_data(draft),
        "kind": draft.kind,
        "difficulty": draft.difficulty,
        "bloom": draft.bloom,
        "outcome": draft.outcome.public_id if draft.outcome else None,
        "question": draft.content,
        "evidence": " ".join(draft.evidence),
        "source": draft.source,
        "checks": [{"judged": True, **check} for check in draft.checks],
        "edited": draft.edited,
        "reason": draft.reason,
        "accepted_question": draft.question.public_id if draft.question else None,
    }


def changes_from(fields: dict[str, Any]) -> DraftChanges:
    """Validated fields of a PATCH as changes."""
    options = fields.get("options")
    return DraftChanges(
        stem=fields.get("stem"),
        options=None
        if options is None
        else tuple(
            Option(option.get("text", ""), option.get("right", False)) for option in options
        ),
        answer=fields.get("answer"),
        accepted=tuple(fields["accepted"]) if "accepted" in fields else None,
        tolerance=fields.get("tolerance"),
        unit=fields.get("unit"),
        explanation=fields.get("explanation"),
    )
