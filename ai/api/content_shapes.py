"""Shapes of teaching material in the API."""

from typing import Any

from rest_framework import serializers

from ai.api.suggestions import SuggestionOut, suggestion_data
from ai.enums import ContentKind, Use
from ai.models import ContentPiece
from ai.queries.stale import Stale
from ai.services.content import MAX_CONTENT, MAX_TITLE, MAX_URL
from lms.kernel.text import render_markdown


class ContentIn(serializers.Serializer[Any]):
    """What to make, from exactly one source.

    Sources: `lesson`, `section`, `whole` (all of `course`), `content`, `url`, `attachment`, or
    `title` alone. `into` is the lesson that may get the pieces. `use: rules` keeps the text on
    this server.
    """

    kind = serializers.ChoiceField(choices=ContentKind.choices)
    lesson = serializers.CharField(required=False, max_length=22)
    section = serializers.CharField(required=False, max_length=22)
    course = serializers.CharField(required=False, max_length=22)
    whole = serializers.BooleanField(default=False)
    content = serializers.CharField(
        required=False, max_length=MAX_CONTENT, trim_whitespace=False, allow_blank=True
    )
    title = serializers.CharField(required=False, max_length=MAX_TITLE, allow_blank=True)
    url = serializers.CharField(required=False, max_length=MAX_URL, allow_blank=True)
    attachment = serializers.CharField(required=False, max_length=22)
    into = serializers.CharField(required=False, max_length=22)
    language = serializers.CharField(required=False, max_length=40, allow_blank=True)
    level = serializers.CharField(required=False, max_length=80, allow_blank=True)
    use = serializers.ChoiceField(choices=Use.choices, default=Use.AUTO)


class AcceptPieceIn(serializers.Serializer[Any]):
    """Where a piece without a place of its own goes."""

    lesson = serializers.CharField(required=False, max_length=22)
    course = serializers.CharField(required=False, max_length=22)
    lesson_version = serializers.IntegerField(required=False, min_value=0)


class SourceBlockOut(serializers.Serializer[Any]):
    """A block that a piece was made from."""

    key = serializers.CharField()
    sha256 = serializers.CharField()
    lesson = serializers.CharField(allow_null=True)
    text = serializers.CharField()


class PieceSourceOut(serializers.Serializer[Any]):
    """Where a piece comes from."""

    origin = serializers.CharField()
    title = serializers.CharField()
    address = serializers.CharField()
    sha256 = serializers.CharField()
    blocks = SourceBlockOut(many=True)


class PlannedLessonOut(serializers.Serializer[Any]):
    """A lesson of an outline."""

    title = serializers.CharField()
    objectives = serializers.ListField(child=serializers.CharField())


class ContentPieceOut(SuggestionOut):
    """One generated piece."""

    kind = serializers.ChoiceField(choices=ContentKind.choices)
    heading = serializers.CharField()
    title = serializers.CharField()
    markdown = serializers.CharField()
    html = serializers.CharField()
    lessons = PlannedLessonOut(many=True)
    source = PieceSourceOut()  # type: ignore[assignment]
    replaces = serializers.CharField(allow_null=True)


class StaleOut(serializers.Serializer[Any]):
    """A question or piece that is out of date, and the lessons that were edited."""

    kind = serializers.CharField(help_text="question or piece")
    draft = serializers.CharField(allow_null=True)
    question = serializers.CharField(allow_null=True)
    piece = serializers.CharField(allow_null=True)
    title = serializers.CharField()
    sources = serializers.ListField(child=serializers.CharField())


def piece_data(row: ContentPiece) -> dict[str, Any]:
    """A piece as the API shows it."""
    source = row.source
    return {
        **suggestion_data(row),
        "kind": row.kind,
        "heading": row.heading,
        "title": row.title,
        "markdown": row.markdown,
        "html": render_markdown(row.markdown),
        "lessons": [
            {"title": one["title"], "objectives": one["objectives"]}
            for one in row.data.get("lessons", [])
        ],
        "source": {
            **{name: source.get(name, "") for name in ("origin", "title", "address", "sha256")},
            "blocks": [
                {name: block.get(name) for name in ("key", "sha256", "lesson", "text")}
                for block in source.get("blocks", [])
            ],
        },
        "replaces": row.replaces.public_id if row.replaces else None,
    }


def stale_data(row: Stale) -> dict[str, Any]:
    """Something out of date as the API shows it."""
    question = row.draft.question if row.draft else None
    return {
        "kind": "question" if row.draft else "piece",
        "draft": row.draft.public_id if row.draft else None,
        "question": question.public_id if question else None,
        "piece": row.piece.public_id if row.piece else None,
        "title": str(row.draft or row.piece),
        "sources": [lesson.public_id for lesson in row.sources],
    }
