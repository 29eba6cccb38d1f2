"""Files of messages through the API."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from courses.api.shapes import checked
from lms.kernel.rest.views import KernelViewSet
from realtime.api.chat_shapes import MessageFileSerializer
from realtime.queries.files import file_frame, file_seen
from realtime.services.files import add_file, drop_file, grant_file

ID = OpenApiParameter("id", OpenApiTypes.STR, OpenApiParameter.PATH)


class NewMessageFileSerializer(serializers.Serializer[Any]):
    """A file for a message, 10 MB at most."""

    file = serializers.FileField()


class MessageFileAccessSerializer(MessageFileSerializer):
    """A file with an address that serves it until `expires_at`, at most five minutes (U3)."""

    expires_at = serializers.DateTimeField()


class MessageFileViewSet(KernelViewSet):
    """Files that go with messages of rooms and with direct ones."""

    parser_classes = (MultiPartParser,)
    permission_words = {
        "create": "anyone who is in a room, not as an observer; admins",
        "retrieve": "who sees the message; staff of the room once it is deleted; before: its owner",
        "destroy": "its owner, before it is sent",
    }

    @extend_schema(
        request={"multipart/form-data": NewMessageFileSerializer},
        responses={201: MessageFileSerializer},
    )
    def create(self, request: Request) -> Response:
        """Keep a file for a message, told by its content.

        Send a message that names it within a day.
        """
        sent = checked(NewMessageFileSerializer, request)["file"]
        row = add_file(actor=self.actor, name=sent.name, content=sent)
        return Response(file_frame(row), status=201)

    @extend_schema(parameters=[ID], responses=MessageFileAccessSerializer)
    def retrieve(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """One file, with an address that serves it for five minutes."""
        row = file_seen(self.actor, id)
        access = grant_file(row)
        return Response({**file_frame(row), "url": access.url, "expires_at": access.expires_at})

    @extend_schema(parameters=[ID], responses={204: None})
    def destroy(self, _request: Request, id: str) -> Response:  # noqa: A002 - the URL's word
        """Forget a file that you did not send."""
        drop_file(actor=self.actor, file=file_seen(self.actor, id))
        return Response(status=204)
