"""Sections of the outline through the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
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
    ActionSerializer,
    asked,
    checked,
    course_of,
    named,
    section_of,
)
from courses.models import Section
from courses.queries.outline import sections_of
from courses.rules import EDIT_SECTION, MANAGE_COURSE
from courses.services.outline import (
    MAX_TITLE,
    add_section,
    delete_section,
    move_section,
    rename_section,
    restore_section,
)
from lms.kernel.rest.paging import Pages
from lms.kernel.rest.permissions import PublicRead
from lms.kernel.rest.views import KernelViewSet, expected_version, idempotent, versioned
from lms.kernel.rules import require


class SectionSerializer(serializers.Serializer[Any]):
    """A part of a course."""

    id = serializers.CharField(source="public_id", read_only=True)
    course = serializers.CharField(source="course.public_id", read_only=True)
    title = serializers.CharField(max_length=MAX_TITLE)
    ordinal = serializers.IntegerField(read_only=True)
    version = serializers.IntegerField(read_only=True)


class NewSectionSerializer(serializers.Serializer[Any]):
    """A section to add at the end of a course."""

    course = serializers.CharField(max_length=22)
    title = serializers.CharField(max_length=MAX_TITLE)


class SectionInputSerializer(serializers.Serializer[Any]):
    """What can be changed of a section (Z4)."""

    title = serializers.CharField(max_length=MAX_TITLE)


class SectionViewSet(KernelViewSet):
    """Parts of courses; their order and titles are live."""

    permission_classes = (PublicRead,)
    permission_words = {
        "list": "anyone who may know of the course",
        "retrieve": "anyone who may know of the course",
        "create": "instructors of the course; admins",
        "partial_update": "instructors of the course; admins",
        "destroy": "instructors of the course; admins",
        "restore": "instructors of the course; admins",
        "move": "instructors of the course; admins",
    }

    @extend_schema(parameters=[COURSE, *PAGING], responses=SectionSerializer(many=True))
    def list(self, request: Request) -> Response:
        """Sections in order, of one course or of all you may know of."""
        public_id = asked(request, "course")
        course = course_of(self.actor, public_id) if public_id else None
        pages = Pages()
        page = pages.paginate_queryset(sections_of(self.actor, course), request) or []
        return pages.get_paginated_response(SectionSerializer(page, many=True).data)

    @extend_schema(parameters=[ID], responses=SectionSerializer)
    def retrieve(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """One section."""
        return _shown(section_of(self.actor, id))

    @extend_schema(
        parameters=[KEY], request=NewSectionSerializer, responses={201: SectionSerializer}
    )
    @idempotent
    def create(self, request: Request) -> Response:
        """Add a section at the end of a course."""
        course = course_of(self.actor, named(request, "course"))
        require(self.actor, MANAGE_COURSE, course)
        title = checked(NewSectionSerializer, request)["title"]
        return _shown(add_section(actor=self.actor, course=course, title=title), 201)

    @extend_schema(
        parameters=[ID, IF_MATCH], request=SectionInputSerializer, responses=SectionSerializer
    )
    def partial_update(self, request: Request, id: str) -> Response:  # noqa: A002
        """Give a section another title."""
        section = self._managed(id)
        title = checked(SectionInputSerializer, request)["title"]
        expected = expected_version(request)
        return _shown(
            rename_section(actor=self.actor, section=section, title=title, expected=expected)
        )

    @extend_schema(parameters=[ID], responses={204: None})
    def destroy(self, request: Request, id: str) -> Response:  # noqa: A002
        """Delete a section with its lessons; `restore` takes that back."""
        delete_section(actor=self.actor, section=self._managed(id))
        return Response(status=204)

    @extend_schema(parameters=[ID], request=None, responses=SectionSerializer)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, id: str) -> Response:  # noqa: A002
        """Take the deletion of a section back."""
        return _shown(restore_section(actor=self.actor, section=self._managed(id)))

    @extend_schema(parameters=[ID], request=ActionSerializer, responses=SectionSerializer)
    @action(detail=True, methods=["post"])
    def move(self, request: Request, id: str) -> Response:  # noqa: A002
        """Move a section one place up or down."""
        section = self._managed(id)
        direction = checked(ActionSerializer, request)["direction"]
        return _shown(move_section(actor=self.actor, section=section, direction=direction))

    def _managed(self, public_id: str) -> Section:
        section = section_of(self.actor, public_id)
        require(self.actor, EDIT_SECTION, section)
        return section


def _shown(section: Section, status: int = 200) -> Response:
    return versioned(SectionSerializer(section).data, section.version, status)
