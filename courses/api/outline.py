"""The outline of a course as data."""

from typing import Any

from rest_framework import serializers

from courses.enums import LessonKind
from courses.queries.contents import Contents
from courses.services.outline import MAX_LESSONS, MAX_SECTIONS


class OutlineItemSerializer(serializers.Serializer[Any]):
    """A lesson of the outline; `is_open` says whether you may read it."""

    id = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.ChoiceField(choices=LessonKind.choices)
    minutes = serializers.IntegerField()
    free_preview = serializers.BooleanField()
    published = serializers.BooleanField()
    progress = serializers.ChoiceField(choices=["", "started", "completed"])
    is_open = serializers.BooleanField()


class OutlineSectionSerializer(serializers.Serializer[Any]):
    """A section with its lessons."""

    id = serializers.CharField()
    title = serializers.CharField()
    lessons = OutlineItemSerializer(many=True)


class ContentsSerializer(serializers.Serializer[Any]):
    """The outline; `share` of it is done, 0 to 1."""

    sections = OutlineSectionSerializer(many=True)
    done = serializers.IntegerField()
    share = serializers.FloatField()
    minutes = serializers.IntegerField()


class SectionOrderSerializer(serializers.Serializer[Any]):
    """A section and the ids of its lessons, in order."""

    id = serializers.CharField(max_length=22)
    lessons = serializers.ListField(
        child=serializers.CharField(max_length=22), max_length=MAX_LESSONS
    )


class OrderSerializer(serializers.Serializer[Any]):
    """The whole outline in order."""

    sections = serializers.ListField(child=SectionOrderSerializer(), max_length=MAX_SECTIONS)


def contents_data(contents: Contents) -> dict[str, Any]:
    """The outline in the shape of `ContentsSerializer`."""
    return {
        "sections": [
            {
                "id": part.id,
                "title": part.title,
                "lessons": [
                    {
                        "id": item.id,
                        "title": item.title,
                        "kind": item.kind,
                        "minutes": item.minutes,
                        "free_preview": item.free_preview,
                        "published": item.published,
                        "progress": item.mark,
                        "is_open": item.is_open,
                    }
                    for item in part.items
                ],
            }
            for part in contents.parts
        ],
        "done": contents.done,
        "share": contents.share,
        "minutes": contents.minutes,
    }
