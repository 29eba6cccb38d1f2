"""Announcements through the API."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from courses.api.shapes import IF_MATCH
from lms.kernel.errors import Invalid
from lms.kernel.rest.paging import Pages
from lms.kernel.rest.views import KernelViewSet, expected_version, idempotent, versioned
from lms.kernel.rules import fetch, require
from realtime.enums import MAX_ANNOUNCEMENT, MAX_TITLE
from realtime.models import Announcement
from realtime.queries.announcements import (
    announcements_of,
    course_to_read,
    shown,
    visible_announcements,
)
from realtime.rules import EDIT_ANNOUNCEMENT, VIEW_ANNOUNCEMENT
from realtime.services.announcements import announce, delete_announcement, edit_announcement

ID = OpenApiParameter("id", OpenApiTypes.STR, OpenApiParameter.PATH)
COURSE = OpenApiParameter("course", OpenApiTypes.STR, description="Id of the course.")


class AnnouncementSerializer(serializers.Serializer[Any]):
    """An announcement as members read it."""

    id = serializers.CharField(source="public_id")
    course = serializers.CharField(source="course.public_id")
    title = serializers.CharField()
    body = serializers.CharField()
    html = serializers.SerializerMethodField()
    author = serializers.SerializerMethodField()
    published_at = serializers.DateTimeField()
    edited_at = serializers.DateTimeField(allow_null=True)

    def get_html(self, row: Announcement) -> str:
        """The text as clean HTML."""
        return shown(row)

    def get_author(self, row: Announcement) -> str | None:
        """The author's name, null once the account is erased."""
        return row.author.display_name if row.author is not None else None


class NewAnnouncementSerializer(serializers.Serializer[Any]):
    """What to announce, and in which course."""

    course = serializers.CharField(max_length=22)
    title = serializers.CharField(max_length=MAX_TITLE)
    body = serializers.CharField(max_length=MAX_ANNOUNCEMENT)


class EditAnnouncementSerializer(serializers.Serializer[Any]):
    """Other words for an announcement; what is left out stays."""

    title = serializers.CharField(max_length=MAX_TITLE, required=False)
    body = serializers.CharField(max_length=MAX_ANNOUNCEMENT, required=False)


class AnnouncementViewSet(KernelViewSet):
    """What the teachers of your courses announced."""

    permission_words = {
        "list": "members of the course; admins",
        "retrieve": "members of the course; admins",
        "create": "instructors of the course; admins",
        "partial_update": "instructors of the course; admins",
        "destroy": "instructors of the course; admins",
    }

    @extend_schema(parameters=[COURSE], responses=AnnouncementSerializer(many=True))
    def list(self, request: Request) -> Response:
        """Announcements of one course or of all that you may read, newest first."""
        rows = visible_announcements(self.actor)
        if course_id := request.query_params.get("course"):
            rows = announcements_of(self.actor, course_to_read(self.actor, public_id=course_id))
        pages = Pages()
        page = pages.paginate_queryset(rows, request) or []
        return pages.get_paginated_response(AnnouncementSerializer(page, many=True).data)

    @extend_schema(parameters=[ID], responses=AnnouncementSerializer)
    def retrieve(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """One announcement."""
        return _answer(self._found(id))

    @extend_schema(request=NewAnnouncementSerializer, responses={201: AnnouncementSerializer})
    @idempotent
    def create(self, request: Request) -> Response:
        """Announce something to a course.

        Members hear of it by mail and in the app as they chose.
        """
        given = request.data.get("course") if isinstance(request.data, dict) else None
        if not isinstance(given, str) or not given:
            raise Invalid("Name the course.", field="course")
        course = course_to_read(self.actor, public_id=given)
        data = NewAnnouncementSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        made = announce(
            actor=self.actor,
            course=course,
            title=data.validated_data["title"],
            body=data.validated_data["body"],
        )
        return _answer(made, 201)

    @extend_schema(
        parameters=[ID, IF_MATCH],
        request=EditAnnouncementSerializer,
        responses=AnnouncementSerializer,
    )
    def partial_update(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Edit an announcement that went out.

        It says that it was edited, and nobody is told again.
        """
        row = self._found(id)
        require(self.actor, EDIT_ANNOUNCEMENT, row)
        data = EditAnnouncementSerializer(data=request.data)
        data.is_valid(raise_exception=True)
        words = {"title": row.title, "body": row.body, **data.validated_data}
        edited = edit_announcement(
            actor=self.actor, announcement=row, expected=expected_version(request), **words
        )
        return _answer(edited)

    @extend_schema(parameters=[ID], responses={204: None})
    def destroy(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Hide an announcement; what went out by mail stays out."""
        delete_announcement(actor=self.actor, announcement=self._found(id))
        return Response(status=204)

    def _found(self, public_id: str) -> Announcement:
        select = ("course", "author")
        return fetch(self.actor, VIEW_ANNOUNCEMENT, select=select, public_id=public_id)


def _answer(row: Announcement, status: int = 200) -> Response:
    return versioned(AnnouncementSerializer(row).data, row.version, status)
