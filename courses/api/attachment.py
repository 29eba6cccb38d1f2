"""Files of courses through the API: taken in as multipart, handed out by signed addresses."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from courses.api.shapes import COURSE, ID, PAGING, asked, checked, course_of, lesson_of, named
from courses.models import Attachment
from courses.queries.outline import attachments_of
from courses.rules import EDIT_ATTACHMENT, MANAGE_COURSE, VIEW_ATTACHMENT
from courses.services.attachment import attach_file, grant_access, remove_attachment
from lms.kernel.rest.paging import Pages
from lms.kernel.rest.permissions import PublicRead
from lms.kernel.rest.views import KernelViewSet
from lms.kernel.rules import fetch, require


class AttachmentSerializer(serializers.Serializer[Any]):
    """A file; `size` in bytes."""

    id = serializers.CharField(source="public_id")
    course = serializers.CharField(source="course.public_id")
    lesson = serializers.CharField(source="lesson.public_id", default=None, allow_null=True)
    name = serializers.CharField()
    content_type = serializers.CharField()
    size = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class AttachmentAccessSerializer(AttachmentSerializer):
    """A file with an address that serves it until `expires_at`, at most five minutes (U3)."""

    url = serializers.CharField()
    expires_at = serializers.DateTimeField()


class NewAttachmentSerializer(serializers.Serializer[Any]):
    """A file of a course, or of one of its lessons; at most 50 MB."""

    course = serializers.CharField(max_length=22)
    lesson = serializers.CharField(max_length=22, required=False)
    file = serializers.FileField()


LESSON = OpenApiParameter("lesson", OpenApiTypes.STR, description="Id of the lesson.")


class AttachmentViewSet(KernelViewSet):
    """Private files of courses."""

    permission_classes = (PublicRead,)
    parser_classes = (MultiPartParser,)
    permission_words = {
        "list": "whoever reads the lesson or the course",
        "retrieve": "whoever reads the lesson or the course",
        "create": "instructors of the course; admins",
        "destroy": "instructors of the course; admins",
    }

    @extend_schema(parameters=[COURSE, LESSON, *PAGING], responses=AttachmentSerializer(many=True))
    def list(self, request: Request) -> Response:
        """Files you may read, by name."""
        course_id, lesson_id = asked(request, "course"), asked(request, "lesson")
        rows = attachments_of(
            self.actor,
            course=course_of(self.actor, course_id) if course_id else None,
            lesson=lesson_of(self.actor, lesson_id) if lesson_id else None,
        )
        pages = Pages()
        page = pages.paginate_queryset(rows, request) or []
        return pages.get_paginated_response(AttachmentSerializer(page, many=True).data)

    @extend_schema(parameters=[ID], responses=AttachmentAccessSerializer)
    def retrieve(self, request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """One file, with an address that serves it for five minutes."""
        return self._shown(self._found(id))

    @extend_schema(
        request={"multipart/form-data": NewAttachmentSerializer},
        responses={201: AttachmentAccessSerializer},
    )
    def create(self, request: Request) -> Response:
        """Store a file; its kind is told by its content."""
        course = course_of(self.actor, named(request, "course"))
        require(self.actor, MANAGE_COURSE, course)
        given = checked(NewAttachmentSerializer, request)
        lesson_id = given.get("lesson")
        row = attach_file(
            actor=self.actor,
            course=course,
            name=given["file"].name,
            content=given["file"],
            lesson=lesson_of(self.actor, lesson_id) if lesson_id else None,
        )
        return self._shown(row, 201)

    @extend_schema(parameters=[ID], responses={204: None})
    def destroy(self, request: Request, id: str) -> Response:  # noqa: A002
        """Delete a file of a lesson."""
        row = self._found(id)
        require(self.actor, EDIT_ATTACHMENT, row)
        remove_attachment(actor=self.actor, attachment=row)
        return Response(status=204)

    def _found(self, public_id: str) -> Attachment:
        return fetch(self.actor, VIEW_ATTACHMENT, select=("course", "lesson"), public_id=public_id)

    def _shown(self, row: Attachment, status: int = 200) -> Response:
        access = grant_access(actor=self.actor, attachment=row)
        data = AttachmentSerializer(row).data
        return Response({**data, "url": access.url, "expires_at": access.expires_at}, status=status)
