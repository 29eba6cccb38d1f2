"""Lessons through the API: reading, drafts, publishing, order."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from courses.api.shapes import (
    COURSE,
    ID,
    IF_MATCH,
    KEY,
    PAGING,
    asked,
    checked,
    course_of,
    lesson_of,
    named,
    section_of,
)
from courses.enums import LessonKind, VersionState
from courses.models import Lesson, LessonVersion
from courses.queries.contents import contents_of, html_of
from courses.queries.outline import (
    blocks_of,
    draft_of,
    lessons_of,
    published_version,
)
from courses.queries.video import embed_of
from courses.rules import EDIT_LESSON, EDIT_SECTION
from courses.services.lesson import (
    MAX_URL,
    discard_draft,
    hide_lesson,
    publish_lesson,
    save_draft,
)
from courses.services.outline import (
    MAX_MINUTES,
    MAX_TITLE,
    add_lesson,
    delete_lesson,
    move_lesson,
    restore_lesson,
    update_lesson,
)
from lms.kernel.errors import Invalid
from lms.kernel.rest.paging import Pages
from lms.kernel.rest.permissions import PublicRead
from lms.kernel.rest.views import KernelViewSet, expected_version, idempotent, versioned
from lms.kernel.rules import require
from lms.kernel.text import MAX_SOURCE


class LessonRowSerializer(serializers.Serializer[Any]):
    """A lesson as lists show it."""

    id = serializers.CharField(source="public_id")
    course = serializers.CharField(source="course.public_id")
    section = serializers.CharField(source="section.public_id")
    title = serializers.CharField()
    kind = serializers.ChoiceField(choices=LessonKind.choices)
    ordinal = serializers.IntegerField()
    minutes = serializers.IntegerField()
    free_preview = serializers.BooleanField()
    published = serializers.BooleanField()
    version = serializers.IntegerField()


class BlockSerializer(serializers.Serializer[Any]):
    """A block of a lesson; `key` stays the same while its text is edited."""

    key = serializers.CharField()
    ordinal = serializers.IntegerField()
    heading_path = serializers.ListField(child=serializers.CharField())
    text = serializers.CharField()
    sha256 = serializers.CharField()


class LessonSerializer(LessonRowSerializer):
    """A lesson with what it says; `previous` and `next` are ids of readable neighbours."""

    html = serializers.CharField(allow_blank=True)
    video = serializers.URLField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    next = serializers.CharField(allow_null=True)


class NewLessonSerializer(serializers.Serializer[Any]):
    """A lesson to add at the end of a section."""

    section = serializers.CharField(max_length=22)
    title = serializers.CharField(max_length=MAX_TITLE)
    kind = serializers.ChoiceField(choices=LessonKind.choices, default=LessonKind.TEXT)
    minutes = serializers.IntegerField(min_value=0, max_value=MAX_MINUTES, default=5)
    free_preview = serializers.BooleanField(default=False)


class LessonInputSerializer(serializers.Serializer[Any]):
    """What can be changed of a lesson in the outline (Z4)."""

    title = serializers.CharField(max_length=MAX_TITLE)
    minutes = serializers.IntegerField(min_value=0, max_value=MAX_MINUTES)
    free_preview = serializers.BooleanField()


class DraftSerializer(serializers.Serializer[Any]):
    """The draft of a lesson: Markdown as typed, its HTML, where it comes from."""

    number = serializers.IntegerField(read_only=True)
    state = serializers.ChoiceField(choices=VersionState.choices, read_only=True)
    markdown = serializers.CharField(max_length=MAX_SOURCE, allow_blank=True, trim_whitespace=False)
    html = serializers.CharField(read_only=True)
    video_url = serializers.CharField(max_length=MAX_URL, allow_blank=True, required=False)
    provenance = serializers.DictField(read_only=True)


class MoveLessonSerializer(serializers.Serializer[Any]):
    """One step, or a place (from 0) of a section."""

    direction = serializers.ChoiceField(choices=["up", "down"], required=False)
    section = serializers.CharField(max_length=22, required=False)
    position = serializers.IntegerField(min_value=0, max_value=10_000, required=False)


SECTION = OpenApiParameter("section", OpenApiTypes.STR, description="Id of the section.")
MANAGERS = "instructors of the course; admins"


class LessonViewSet(KernelViewSet):
    """Items of courses: texts, videos, files, quizzes, assignments."""

    permission_classes = (PublicRead,)
    permission_words = {
        "list": "members: published lessons; staff all; anyone: free previews of live courses",
        "retrieve": "members: published lessons; staff all; anyone: free previews of live courses",
        "blocks": "members: published lessons; staff all; anyone: free previews of live courses",
        "create": MANAGERS,
        "partial_update": MANAGERS,
        "destroy": MANAGERS,
        "restore": MANAGERS,
        "draft": MANAGERS,
        "save": MANAGERS,
        "discard": MANAGERS,
        "publish": MANAGERS,
        "hide": MANAGERS,
        "move": MANAGERS,
    }

    @extend_schema(parameters=[COURSE, SECTION, *PAGING], responses=LessonRowSerializer(many=True))
    def list(self, request: Request) -> Response:
        """Lessons you may read, in order."""
        course_id, section_id = asked(request, "course"), asked(request, "section")
        rows = lessons_of(
            self.actor,
            course=course_of(self.actor, course_id) if course_id else None,
            section=section_of(self.actor, section_id) if section_id else None,
        )
        pages = Pages()
        page = pages.paginate_queryset(rows, request) or []
        return pages.get_paginated_response(LessonRowSerializer(page, many=True).data)

    @extend_schema(parameters=[ID], responses=LessonSerializer)
    def retrieve(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """One lesson with its published text."""
        return self._shown(lesson_of(self.actor, id))

    @extend_schema(parameters=[KEY], request=NewLessonSerializer, responses={201: LessonSerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        """Add a lesson at the end of a section; nobody but staff sees it before it is published."""
        section = section_of(self.actor, named(request, "section"))
        require(self.actor, EDIT_SECTION, section)
        given = checked(NewLessonSerializer, request)
        del given["section"]
        return self._shown(add_lesson(actor=self.actor, section=section, **given), 201)

    @extend_schema(
        parameters=[ID, IF_MATCH], request=LessonInputSerializer, responses=LessonSerializer
    )
    def partial_update(self, request: Request, id: str) -> Response:  # noqa: A002
        """Change the title of a lesson, its minutes or its free preview."""
        lesson = self._managed(id)
        given = checked(LessonInputSerializer, request, partial=True)
        expected = expected_version(request)
        return self._shown(
            update_lesson(actor=self.actor, lesson=lesson, expected=expected, **given)
        )

    @extend_schema(parameters=[ID], responses={204: None})
    def destroy(self, request: Request, id: str) -> Response:  # noqa: A002
        """Delete a lesson; `restore` takes that back."""
        delete_lesson(actor=self.actor, lesson=self._managed(id))
        return Response(status=204)

    @extend_schema(parameters=[ID], request=None, responses=LessonSerializer)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, id: str) -> Response:  # noqa: A002
        """Take the deletion of a lesson back."""
        return self._shown(restore_lesson(actor=self.actor, lesson=self._managed(id)))

    @extend_schema(parameters=[ID, *PAGING], responses=BlockSerializer(many=True))
    @action(detail=True, methods=["get"])
    def blocks(self, request: Request, id: str) -> Response:  # noqa: A002
        """The blocks of a lesson's published text, which citations name."""
        rows = blocks_of(published_version(lesson_of(self.actor, id)))
        pages = Pages()
        page = pages.paginate_queryset(rows, request) or []
        return pages.get_paginated_response(BlockSerializer(page, many=True).data)

    @extend_schema(parameters=[ID], responses=DraftSerializer)
    @action(detail=True, methods=["get"])
    def draft(self, request: Request, id: str) -> Response:  # noqa: A002
        """The draft of a lesson."""
        lesson = self._managed(id)
        return _draft(lesson, draft_of(self.actor, lesson))

    @extend_schema(parameters=[ID, IF_MATCH], request=DraftSerializer, responses=DraftSerializer)
    @draft.mapping.put
    def save(self, request: Request, id: str) -> Response:  # noqa: A002
        """Write the draft of a lesson."""
        lesson = self._managed(id)
        given = checked(DraftSerializer, request)
        draft = save_draft(
            actor=self.actor,
            lesson=lesson,
            markdown=given["markdown"],
            video_url=given.get("video_url"),
            expected=expected_version(request),
        )
        return _draft(draft.lesson, draft)

    @extend_schema(parameters=[ID, IF_MATCH], responses={204: None})
    @draft.mapping.delete
    def discard(self, request: Request, id: str) -> Response:  # noqa: A002
        """Throw the draft of a lesson away."""
        lesson = self._managed(id)
        discard_draft(actor=self.actor, lesson=lesson, expected=expected_version(request))
        return Response(status=204)

    @extend_schema(parameters=[ID, IF_MATCH], request=None, responses=LessonSerializer)
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, id: str) -> Response:  # noqa: A002
        """Show the draft of a lesson to learners."""
        lesson = self._managed(id)
        expected = expected_version(request)
        return self._shown(publish_lesson(actor=self.actor, lesson=lesson, expected=expected))

    @extend_schema(parameters=[ID, IF_MATCH], request=None, responses=LessonSerializer)
    @action(detail=True, methods=["post"])
    def hide(self, request: Request, id: str) -> Response:  # noqa: A002
        """Take a lesson from learners' eyes."""
        lesson = self._managed(id)
        expected = expected_version(request)
        return self._shown(hide_lesson(actor=self.actor, lesson=lesson, expected=expected))

    @extend_schema(parameters=[ID], request=MoveLessonSerializer, responses=LessonSerializer)
    @action(detail=True, methods=["post"])
    def move(self, request: Request, id: str) -> Response:  # noqa: A002
        """Move a lesson a step, or to a place of a section."""
        lesson = self._managed(id)
        section_id = named(request, "section", required=False)
        section = section_of(self.actor, section_id) if section_id else None
        given = checked(MoveLessonSerializer, request)
        if not given:
            raise Invalid("Say where to: direction, section or position.", field="direction")
        return self._shown(
            move_lesson(
                actor=self.actor,
                lesson=lesson,
                direction=given.get("direction"),
                section=section,
                position=given.get("position"),
            )
        )

    def _managed(self, public_id: str) -> Lesson:
        lesson = lesson_of(self.actor, public_id)
        require(self.actor, EDIT_LESSON, lesson)
        return lesson

    def _shown(self, lesson: Lesson, status: int = 200) -> Response:
        version = published_version(lesson)
        embed = embed_of(version.video_url) if version else None
        around = contents_of(self.actor, lesson.course).around(lesson.public_id)
        before, after = (item.id if item else None for item in around)
        data = {
            **LessonRowSerializer(lesson).data,
            "html": html_of(version) if version else "",
            "video": embed.src if embed else None,
            "previous": before,
            "next": after,
        }
        return versioned(data, lesson.version, status)


def _draft(lesson: Lesson, draft: LessonVersion) -> Response:
    return versioned(DraftSerializer(draft).data, lesson.version)
